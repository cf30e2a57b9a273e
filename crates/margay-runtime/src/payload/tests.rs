use std::io::Write as _;

use flate2::write::GzEncoder;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Text that is no repetition.
fn sample(lines: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut text = Vec::new();
    for _ in 0..lines {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        writeln!(text, "{{\"id\": {state}}}").unwrap();
    }
    text
}

/// A reader that gives one byte at a time.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.0.len()).min(1);
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

fn read(file: &[u8]) -> io::Result<(Compression, Vec<u8>)> {
    let mut payload = Payload::new(file)?;
    let mut bytes = Vec::new();
    payload.read_to_end(&mut bytes)?;
    Ok((payload.compression(), bytes))
}

#[track_caller]
fn refused(file: &[u8]) -> PayloadError {
    let error = read(file).unwrap_err();
    *error.into_inner().unwrap().downcast().unwrap()
}

#[test]
fn the_first_bytes_tell_how_a_file_is_compressed() {
    let text = sample(2_000);
    assert_eq!(read(&text).unwrap(), (Compression::None, text.clone()));
    assert_eq!(read(&gzip(&text)).unwrap(), (Compression::Gzip, text.clone()));
    assert_eq!(read(&zstd(&text)).unwrap(), (Compression::Zstd, text.clone()));
    for file in [
        b"".as_slice(),
        b"\x1f",
        b"\x1f\x8b",
        b"\x1f\x8bx",
        b"{}",
        b"\x28\xb5\x2f",
    ] {
        assert_eq!(read(file).unwrap(), (Compression::None, file.to_vec()));
    }
    for empty in [gzip(b""), zstd(b"")] {
        assert_eq!(read(&empty).unwrap().1, b"");
    }
}

#[test]
fn a_file_may_come_in_any_pieces() {
    let text = sample(50);
    for file in [text.clone(), gzip(&text), zstd(&text)] {
        let mut lines = Vec::new();
        for line in Payload::new(Drops(&file)).unwrap().split(b'\n') {
            lines.extend(line.unwrap());
            lines.push(b'\n');
        }
        assert_eq!(lines, text);
    }
}

#[test]
fn members_and_frames_follow_each_other() {
    let (first, second) = (sample(100), sample(30));
    let both = [first.as_slice(), &second].concat();
    assert_eq!(
        read(&[gzip(&first), gzip(b""), gzip(&second)].concat()).unwrap().1,
        both
    );
    assert_eq!(
        read(&[zstd(&first), zstd(b""), zstd(&second)].concat()).unwrap().1,
        both
    );
    // A frame that is to be skipped, of three bytes.
    let skipped = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc".to_vec();
    assert_eq!(
        read(&[skipped.clone(), zstd(&first), skipped, zstd(&second)].concat()).unwrap(),
        (Compression::Zstd, both)
    );
}

#[test]
fn a_file_that_is_cut_off_is_an_error() {
    let text = sample(300);
    for file in [
        gzip(&text),
        zstd(&text),
        [gzip(&text), gzip(&text)].concat(),
        [zstd(&text), zstd(&text)].concat(),
    ] {
        for length in (4..file.len()).step_by(97).chain([file.len() - 1]) {
            if length == file.len() / 2 {
                // Between two members or frames nothing is missing that anyone could know of.
                continue;
            }
            let error = refused(&file[..length]);
            assert!(
                matches!(error, PayloadError::Truncated(_)),
                "{length} of {}: {error:?}",
                file.len()
            );
        }
    }
    assert_eq!(
        refused(&gzip(&text)[..20]).to_string(),
        "the gzip file is cut off\n  hint: fetch it again"
    );
}

#[test]
fn a_file_that_is_damaged_is_an_error() {
    let text = sample(300);
    for file in [gzip(&text), zstd(&text)] {
        let mut checksum = file.clone();
        // gzip ends with a checksum and a length, zstd with a checksum.
        let at = checksum.len() - if file[0] == 0x1f { 8 } else { 1 };
        checksum[at] ^= 1;
        let followed = [file.as_slice(), b"something else"].concat();
        for damaged in [checksum, followed] {
            let error = refused(&damaged);
            assert!(matches!(error, PayloadError::Damaged { .. }), "{error:?}");
        }
    }
}

#[test]
fn what_grows_without_measure_is_stopped() {
    let zeros = vec![0; 1 << 20];
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 19).unwrap();
    for _ in 0..200 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let mut payload = Payload::new(bomb.as_slice()).unwrap();
    let mut bytes = 0;
    let error = loop {
        match payload.fill_buf().map(<[u8]>::len) {
            Ok(0) => panic!("it ended after {bytes} bytes"),
            Ok(count) => {
                bytes += count as u64;
                payload.consume(count);
            }
            Err(error) => break error,
        }
    };
    let error: PayloadError = *error.into_inner().unwrap().downcast().unwrap();
    assert!(matches!(error, PayloadError::Grows(Compression::Zstd)), "{error:?}");
    assert!(bytes <= PAYLOAD_GROWTH_FREE_BYTES);
    // Below the free bytes even blanks are a file.
    assert_eq!(read(&gzip(&zeros)).unwrap().1, zeros);
}

#[test]
fn a_window_that_takes_too_much_memory_is_refused() {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(ZSTD_WINDOW_LOG_MAX + 1).unwrap();
    encoder.long_distance_matching(true).unwrap();
    encoder.write_all(&sample(10)).unwrap();
    let error = refused(&encoder.finish().unwrap());
    assert!(matches!(error, PayloadError::Damaged { .. }), "{error:?}");
}

#[test]
fn a_failing_reader_speaks_for_itself() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::new(io::ErrorKind::ConnectionReset, "the peer is gone"))
        }
    }
    let text = sample(100);
    for file in [text.clone(), gzip(&text), zstd(&text)] {
        let mut payload = Payload::new(Cursor::new(&file[..40]).chain(Failing)).unwrap();
        let error = payload.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "the peer is gone");
    }
    assert!(Payload::new(Failing).is_err());
}

#[test]
fn a_compressed_file_becomes_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.json.gz.old");
    std::fs::write(&path, gzip(b"{\"Records\": [{\"n\": 1}, {\"n\": 2}]}")).unwrap();
    let payload = Payload::open(&path).unwrap();
    let stream_type = "JsonArray:Records".parse().unwrap();
    let records: Vec<Vec<u8>> = margay_schema::Records::new(payload, &stream_type, None)
        .map(|record| record.unwrap().bytes)
        .collect();
    assert_eq!(records, [b"{\"n\": 1}".to_vec(), b"{\"n\": 2}".to_vec()]);
}
