//! Connects, listens, and asks for a name's address.

use std::net::{TcpListener, TcpStream, ToSocketAddrs as _, UdpSocket};
use crate::Answer;

pub(crate) fn run() -> Answer {
    let connected = TcpStream::connect(("127.0.0.1", 22)).map(drop);
    let listened = TcpListener::bind(("0.0.0.0", 0)).map(drop);
    let datagram = UdpSocket::bind(("0.0.0.0", 0)).map(drop);
    let name = ("example.com", 80).to_socket_addrs().map(drop);
    let answers = [connected, listened, datagram, name];
    let answers = answers.map(|answer| answer.err().map_or("open".to_owned(), |e| e.kind().to_string()));
    Err(answers.join(", "))
}
