//! Work that leans on the allocator, a name to resolve, and a locale.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::net::ToSocketAddrs as _;
use std::thread;
use std::time::Instant;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Makes and drops strings, maps and vectors, as a server does that reads and answers documents.
fn work(rounds: u32, seed: u64) -> usize {
    let mut state = seed;
    let mut random = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize
    };
    let mut kept: Vec<HashMap<String, Vec<u8>>> = Vec::new();
    let mut sum = 0;
    for round in 0..rounds {
        let mut document = HashMap::new();
        for _ in 0..40 {
            let key = format!("key-{}", random() % 1000);
            document.insert(key, vec![round as u8; random() % 2000]);
        }
        sum += document.values().map(Vec::len).sum::<usize>();
        if kept.len() < 200 {
            kept.push(document);
        } else {
            let place = random() % kept.len();
            kept[place] = document;
        }
    }
    sum
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments[0].as_str() {
        "work" => {
            let threads: u64 = arguments[1].parse().unwrap();
            let rounds: u32 = arguments[2].parse().unwrap();
            let start = Instant::now();
            let threads: Vec<_> = (0..threads).map(|seed| thread::spawn(move || work(rounds, seed))).collect();
            let sum: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
            let seconds = start.elapsed().as_secs_f64();
            let status = fs::read_to_string("/proc/self/status").unwrap();
            let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
            let kilobytes = peak.split_whitespace().nth(1).unwrap();
            println!("{seconds} {kilobytes} {sum}");
        }
        "resolve" => match (arguments[1].as_str(), 80).to_socket_addrs() {
            Ok(addresses) => println!("{}", addresses.map(|a| a.ip().to_string()).collect::<Vec<_>>().join(" ")),
            Err(error) => println!("error: {error}"),
        },
        other => panic!("{other}"),
    }
}
