//! A closed WASI 0.2: all of it is linked, and nothing of it reaches the world.
//!
//! Time is the tick's, random numbers are seeded, output goes to the log, arguments and the
//! environment are empty, a sleep is a scheduler wait, files exist only in a granted folder, and
//! every socket is refused. Interfaces that we answer ourselves have a module here; streams and
//! sockets are wasmtime-wasi's, and so is what [`files`] lets through to it.

mod cli;
mod clocks;
mod error;
mod files;
mod names;
mod poll;
mod random;
mod stdio;

pub(crate) use cli::Exit;
pub(crate) use files::{Files, closed};
pub(crate) use random::Random;

use wasmtime::component::{HasData, HasSelf, Linker, ResourceTable};
use wasmtime_wasi::p2::bindings as wasi;
use wasmtime_wasi::sockets::{WasiSockets, WasiSocketsCtxView, WasiSocketsView as _};
use wasmtime_wasi::{WasiCtxView, WasiView};

use crate::run::RunState;

/// The interfaces that [`link`] links, without their version. A plugin that imports another one is
/// refused.
pub(crate) const INTERFACES: &[&str] = &[
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// Links every interface of [`INTERFACES`].
pub(crate) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    type Ours = HasSelf<RunState>;
    wasi::cli::environment::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::cli::exit::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::cli::stdin::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::cli::stdout::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::cli::stderr::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::cli::terminal_input::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::cli::terminal_output::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::cli::terminal_stdin::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::cli::terminal_stdout::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::cli::terminal_stderr::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::clocks::monotonic_clock::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::clocks::wall_clock::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::random::random::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::random::insecure::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::random::insecure_seed::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::io::poll::add_to_linker::<_, Ours>(linker, RunState::called)?;

    wasi::io::error::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::io::streams::add_to_linker::<_, Table>(linker, |state| &mut state.called().table)?;

    wasi::filesystem::preopens::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::filesystem::types::add_to_linker::<_, Ours>(linker, RunState::called)?;

    let network = wasi::sockets::network::LinkOptions::default();
    wasi::sockets::network::add_to_linker::<_, WasiSockets>(linker, &network, sockets)?;
    wasi::sockets::instance_network::add_to_linker::<_, WasiSockets>(linker, sockets)?;
    wasi::sockets::ip_name_lookup::add_to_linker::<_, Ours>(linker, RunState::called)?;
    wasi::sockets::tcp::add_to_linker::<_, WasiSockets>(linker, sockets)?;
    wasi::sockets::tcp_create_socket::add_to_linker::<_, WasiSockets>(linker, sockets)?;
    wasi::sockets::udp::add_to_linker::<_, WasiSockets>(linker, sockets)?;
    wasi::sockets::udp_create_socket::add_to_linker::<_, WasiSockets>(linker, sockets)
}

fn sockets(state: &mut RunState) -> WasiSocketsCtxView<'_> {
    state.called().sockets()
}

struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

impl WasiView for RunState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (ctx, table) = self.wasi();
        WasiCtxView { ctx, table }
    }
}
