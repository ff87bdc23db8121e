/// Mean radius of the earth in km.
const RADIUS_KM: f64 = 6371.0;

/// A point on the earth, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    latitude: f64,
    longitude: f64,
}

impl Point {
    /// A point, unless the degrees are not on the globe.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let on_globe = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        on_globe.then_some(Self { latitude, longitude })
    }

    /// Great-circle distance (haversine), rounded to whole km before anything else is worked out from it.
    #[expect(clippy::float_arithmetic, reason = "angles on a globe; the result is whole km")]
    pub fn km_to(self, other: Self) -> u32 {
        let (here, there) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_height = ((there - here) / 2.0).sin();
        let half_width = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let haversine = half_height * half_height + here.cos() * there.cos() * half_width * half_width;
        (2.0 * RADIUS_KM * haversine.sqrt().min(1.0).asin()).round() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(latitude: f64, longitude: f64) -> Point {
        Point::new(latitude, longitude).unwrap()
    }

    #[test]
    fn it_is_the_great_circle_both_ways() {
        let (new_york, los_angeles) = (point(40.6398, -73.7789), point(33.9425, -118.408));
        assert_eq!(new_york.km_to(los_angeles), 3974);
        assert_eq!(los_angeles.km_to(new_york), 3974);
        assert_eq!(point(0.0, 0.0).km_to(point(0.0, 180.0)), 20_015);
        assert_eq!(new_york.km_to(new_york), 0);
    }

    #[test]
    fn the_date_line_is_no_detour() {
        assert_eq!(point(0.0, 179.5).km_to(point(0.0, -179.5)), 111);
    }

    #[test]
    fn what_is_not_on_the_globe_is_no_point() {
        assert_eq!(Point::new(90.1, 0.0), None);
        assert_eq!(Point::new(0.0, 180.1), None);
        assert_eq!(Point::new(f64::NAN, 0.0), None);
        assert_eq!(Point::new(0.0, f64::INFINITY), None);
    }
}
