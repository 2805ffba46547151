//! Images are written and read whole, whatever happens on the way.

#[path = "transport/attestations.rs"]
mod attestations;
#[path = "transport/bounds.rs"]
mod bounds;
#[path = "transport/child.rs"]
mod child;
#[path = "transport/damage.rs"]
mod damage;
#[path = "transport/destination.rs"]
mod destination;
#[path = "transport/forge.rs"]
#[allow(dead_code, reason = "not every test needs every part")]
mod forge;
#[path = "transport/forged_archives.rs"]
mod forged_archives;
#[path = "transport/forgery.rs"]
mod forgery;
#[path = "transport/interruption.rs"]
mod interruption;
#[path = "transport/round_trip.rs"]
mod round_trip;
#[path = "transport/support.rs"]
#[allow(dead_code, reason = "not every test needs every part")]
mod support;
#[path = "transport/tags.rs"]
mod tags;
#[path = "../../../tests/harness/tools.rs"]
#[allow(dead_code, reason = "these tests skip as those of the program do")]
mod tools;
