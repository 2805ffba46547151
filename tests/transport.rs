//! Images are written and read whole, whatever happens on the way.

#[path = "transport/ground.rs"]
#[allow(dead_code, reason = "not every test needs every part")]
mod ground;
#[path = "transport/round_trip.rs"]
mod round_trip;
