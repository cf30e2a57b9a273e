//! Connections that can be told to break.
//!
//! A handler of HTTP can only answer. So each connection has a [`BreakingPoint`] that the handler may set: after so many more
//! bytes nothing is written any more, and the socket closes with an RST, as when a machine in between has lost its state.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// No breaking point.
const UNBROKEN: u64 = u64::MAX;

/// Where a connection breaks. Clones belong to the same connection.
#[derive(Debug, Clone)]
pub(crate) struct BreakingPoint {
    /// How many bytes may still be written.
    bytes_left: Arc<AtomicU64>,
}

/// A listener whose connections can break.
#[derive(Debug)]
pub(crate) struct BreakableListener(pub(crate) TcpListener);

/// One connection.
#[derive(Debug)]
pub(crate) struct BreakableStream {
    stream: TcpStream,
    breaking_point: BreakingPoint,
}

impl BreakingPoint {
    fn none() -> Self {
        Self {
            bytes_left: Arc::new(AtomicU64::new(UNBROKEN)),
        }
    }

    /// Lets the connection break after `bytes` more bytes. Once set, it stays.
    pub(crate) fn set(&self, bytes: u64) {
        self.bytes_left.store(bytes.min(UNBROKEN - 1), Ordering::SeqCst);
    }

    /// Returns how many of `wanted` bytes may be written.
    fn allow(&self, wanted: usize) -> io::Result<usize> {
        match self.bytes_left.load(Ordering::SeqCst) {
            UNBROKEN => Ok(wanted),
            0 => Err(io::Error::new(io::ErrorKind::ConnectionReset, "broken by a fault")),
            left => Ok(wanted.min(usize::try_from(left).unwrap_or(usize::MAX))),
        }
    }

    fn spend(&self, written: usize) {
        let left = self.bytes_left.load(Ordering::SeqCst);
        if left != UNBROKEN {
            // Only the connection's own task writes, so nothing comes in between.
            self.bytes_left
                .store(left.saturating_sub(written as u64), Ordering::SeqCst);
        }
    }
}

impl Listener for BreakableListener {
    type Io = BreakableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        let breakable = BreakableStream {
            stream,
            breaking_point: BreakingPoint::none(),
        };
        (breakable, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, BreakableListener>> for BreakingPoint {
    fn connect_info(stream: IncomingStream<'_, BreakableListener>) -> Self {
        stream.io().breaking_point.clone()
    }
}

impl AsyncRead for BreakableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for BreakableStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let allowed = match self.breaking_point.allow(bytes.len()) {
            Ok(allowed) => allowed,
            Err(broken) => {
                // With a linger of zero the socket is reset when it is dropped, which follows.
                self.stream.set_zero_linger()?;
                return Poll::Ready(Err(broken));
            }
        };
        let written = Pin::new(&mut self.stream).poll_write(context, bytes.get(..allowed).unwrap_or(bytes));
        if let Poll::Ready(Ok(written)) = &written {
            self.breaking_point.spend(*written);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
