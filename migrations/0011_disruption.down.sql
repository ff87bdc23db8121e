-- What the reactor had still to do goes with it; the departures remember how far it was.
delete from react.timer where reactor = 'disruption';
delete from react.checkpoint where name = 'disruption';
