//! A connection whose writing has to go on: a client that does not read what it asked for loses its place.
//!
//! Only writing is watched. How long a client may be silent is the HTTP layer's to say, which knows whether it waits for one.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// A stream to which at least one byte has to go within each `limit` in which something is to be written.
#[derive(Debug)]
pub(crate) struct Paced<S> {
    stream: S,
    limit: Duration,
    /// Runs while a write waits.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    pub(crate) fn new(stream: S, limit: Duration) -> Self {
        Self {
            stream,
            limit,
            stuck: None,
        }
    }

    /// Takes in how a write went.
    fn watched(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stuck = None;
            return written;
        }
        let limit = self.limit;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        stuck.as_mut().poll(context).map(|()| {
            let text = "the client does not read what is written to it";
            Err(io::Error::new(io::ErrorKind::TimedOut, text))
        })
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

/// A socket has nothing to flush, and does not wait for the other end when it is shut down: only writes can be stuck.
impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watched(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watched(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{Instant, sleep};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);
    const NEARLY: Duration = Duration::from_secs(59);
    /// What the other end takes in without reading.
    const BUFFER_BYTES: usize = 64;

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_is_given_up() {
        let (ours, theirs) = duplex(BUFFER_BYTES);
        let mut paced = Paced::new(ours, LIMIT);
        let began = Instant::now();
        let error = paced.write_all(&[0; BUFFER_BYTES + 1]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), LIMIT.as_secs());
        drop(theirs);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_reads_slowly_is_served_to_the_end() {
        let (ours, mut theirs) = duplex(BUFFER_BYTES);
        let mut paced = Paced::new(ours, LIMIT);
        let writing = tokio::spawn(async move { paced.write_all(&[7; 10 * BUFFER_BYTES]).await });
        let mut read = 0;
        let mut into = [0; BUFFER_BYTES / 2];
        while read < 10 * BUFFER_BYTES {
            sleep(NEARLY).await;
            read += theirs.read(&mut into).await.unwrap();
        }
        writing.await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn silence_while_there_is_nothing_to_write_is_no_matter() {
        let (ours, mut theirs) = duplex(BUFFER_BYTES);
        let mut paced = Paced::new(ours, LIMIT);
        for _ in 0..3 {
            paced.write_all(b"a").await.unwrap();
            sleep(10 * LIMIT).await;
        }
        let mut read = [0; 3];
        theirs.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"aaa");
    }
}
