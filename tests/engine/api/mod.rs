//! The API as callers meet it: the real binary, over HTTP.
