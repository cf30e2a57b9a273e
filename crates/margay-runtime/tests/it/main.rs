//! The line in one process, against the simulated vendor.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod audit;
mod clock;
mod commits;
mod coverage;
mod crash;
mod deliver;
mod doctor;
mod import;
mod inbox;
mod land;
mod normalise;
mod own_log;
mod pause;
mod replay;
mod schema;
#[cfg(target_os = "linux")]
mod sim_alarm;
mod sim_crash;
#[cfg(target_os = "linux")]
mod sim_late;
#[cfg(target_os = "linux")]
mod sim_lost;
#[cfg(target_os = "linux")]
mod sim_outage;
#[cfg(target_os = "linux")]
mod sim_pause;
#[cfg(target_os = "linux")]
mod sim_poll_interval;
mod sim_remove;
#[cfg(target_os = "linux")]
mod sim_two_servers;
#[cfg(target_os = "linux")]
mod sim_world;
#[cfg(target_os = "linux")]
mod stillness;
mod world;
