//! Files as they come: plain, gzip or zstd, told by their first bytes.
//!
//! What comes out is a [`BufRead`], for `margay_schema::Records` to cut. Nothing is held but the decoders' windows.
//! What always holds: a file that is cut off or damaged is an error, never a shorter file; and what decompresses without
//! end is stopped.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

#[cfg(test)]
mod tests;

/// Bytes of one payload after decompression. Larger than any log file, small enough to end within the hour.
pub const PAYLOAD_BYTES_MAX: u64 = 64 << 30;

/// How many times larger a payload may become. gzip cannot grow more than 1,032 times, and no log that zstd was made for
/// does.
pub const PAYLOAD_GROWTH_MAX: u64 = 1_100;

/// Bytes after decompression from which on the growth is looked at: a few kB of blanks are no attack.
pub const PAYLOAD_GROWTH_FREE_BYTES: u64 = 64 << 20;

/// The largest window of a zstd frame, as a power of two: 128 MiB of memory. What `zstd` writes without `--ultra`, and
/// with `--long`, stays within.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Bytes that are read or decompressed at a time.
const CHUNK_BYTES: usize = 128 * 1024;

/// Bytes that tell what a file is.
const MAGIC_BYTES: usize = 4;

/// How a payload is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, one member or several.
    Gzip,
    /// zstd, one frame or several.
    Zstd,
}

/// What is wrong with a payload. Wrapped in an [`io::Error`].
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The file ends in the middle.
    #[error("the {} file is cut off\n  hint: fetch it again", .0.name())]
    Truncated(Compression),
    /// The file is not what it says it is.
    #[error("the {} file is damaged, or something else follows it\n  hint: `{} -t` says where", .compression.name(), .compression.name())]
    Damaged {
        /// What it says it is.
        compression: Compression,
        /// What the decoder says.
        #[source]
        cause: io::Error,
    },
    /// It becomes larger than [`PAYLOAD_BYTES_MAX`].
    #[error("the {} file becomes larger than {} bytes\n  hint: cut it into smaller files", .0.name(), PAYLOAD_BYTES_MAX)]
    TooLong(Compression),
    /// It grows more than [`PAYLOAD_GROWTH_MAX`] times.
    #[error("the {} file grows more than {} times when it is decompressed\n  hint: no log does; decompress it by hand if it is one", .0.name(), PAYLOAD_GROWTH_MAX)]
    Grows(Compression),
}

impl Compression {
    /// Tells it from a file's first bytes.
    const fn of_magic(magic: &[u8]) -> Self {
        match magic {
            [0x1f, 0x8b, 0x08, ..] => Self::Gzip,
            // A frame, or one that is to be skipped, which some tools put first.
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Self::Zstd,
            _ => Self::None,
        }
    }

    /// Returns the name of the tool that makes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// A payload, decompressed while it is read.
///
/// Reading blocks: it belongs on a thread for blocking work.
#[derive(Debug)]
pub struct Payload<R: Read>(BufReader<Bounded<R>>);

impl Payload<File> {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// The file cannot be opened or its first bytes cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::new(File::open(path)?)
    }
}

impl<R: Read> Payload<R> {
    /// Starts reading.
    ///
    /// # Errors
    ///
    /// The first bytes cannot be read.
    pub fn new(mut reader: R) -> io::Result<Self> {
        let mut magic = Vec::with_capacity(MAGIC_BYTES);
        reader.by_ref().take(MAGIC_BYTES as u64).read_to_end(&mut magic)?;
        let compression = Compression::of_magic(&magic);
        let source = Counted {
            reader: Cursor::new(magic).chain(reader),
            count: 0,
        };
        let decoder = match compression {
            Compression::None => Decoder::None(source),
            Compression::Gzip => {
                let source = BufReader::with_capacity(CHUNK_BYTES, source);
                Decoder::Gzip(Box::new(MultiGzDecoder::new(source)))
            }
            Compression::Zstd => {
                let mut decoder = ZstdDecoder::new(source)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Decoder::Zstd(Box::new(decoder))
            }
        };
        let bounded = Bounded {
            decoder,
            compression,
            count: 0,
        };
        Ok(Self(BufReader::with_capacity(CHUNK_BYTES, bounded)))
    }

    /// Returns how it is compressed.
    pub fn compression(&self) -> Compression {
        self.0.get_ref().compression
    }
}

impl<R: Read> Read for Payload<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> BufRead for Payload<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.0.consume(count);
    }
}

/// The first bytes, and what follows them.
type Source<R> = Counted<io::Chain<Cursor<Vec<u8>>, R>>;

/// A reader that knows how much was read of it.
#[derive(Debug)]
struct Counted<R> {
    reader: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

enum Decoder<R: Read> {
    None(Source<R>),
    Gzip(Box<MultiGzDecoder<BufReader<Source<R>>>>),
    Zstd(Box<ZstdDecoder<'static, BufReader<Source<R>>>>),
}

impl<R: Read> std::fmt::Debug for Decoder<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decoder")
    }
}

impl<R: Read> Decoder<R> {
    /// Returns how much was read of the file.
    fn source_bytes(&self) -> u64 {
        match self {
            Self::None(source) => source.count,
            Self::Gzip(decoder) => decoder.get_ref().get_ref().count,
            Self::Zstd(decoder) => decoder.get_ref().get_ref().count,
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::None(source) => source.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
        }
    }
}

/// A decoder that says what is wrong in our words, and does not go on for ever.
#[derive(Debug)]
struct Bounded<R: Read> {
    decoder: Decoder<R>,
    compression: Compression,
    /// Bytes that came out.
    count: u64,
}

impl<R: Read> Bounded<R> {
    fn explain(&self, error: io::Error) -> io::Error {
        match (self.compression, error.kind()) {
            (Compression::None, _) | (_, io::ErrorKind::Interrupted) => error,
            (compression, io::ErrorKind::UnexpectedEof) => {
                io::Error::new(io::ErrorKind::UnexpectedEof, PayloadError::Truncated(compression))
            }
            (compression, io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other) => {
                let damaged = PayloadError::Damaged {
                    compression,
                    cause: error,
                };
                io::Error::new(io::ErrorKind::InvalidData, damaged)
            }
            // What the disk or the network says stands for itself.
            _ => error,
        }
    }

    fn check(&self) -> Result<(), PayloadError> {
        if self.compression == Compression::None {
            return Ok(());
        }
        if self.count > PAYLOAD_BYTES_MAX {
            return Err(PayloadError::TooLong(self.compression));
        }
        let allowed = self.decoder.source_bytes().saturating_mul(PAYLOAD_GROWTH_MAX);
        if self.count > allowed.max(PAYLOAD_GROWTH_FREE_BYTES) {
            return Err(PayloadError::Grows(self.compression));
        }
        Ok(())
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer).map_err(|error| self.explain(error))?;
        self.count += count as u64;
        self.check()
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(count)
    }
}
