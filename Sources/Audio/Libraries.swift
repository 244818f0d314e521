// The only file that knows the C libraries. Without them reading and resampling refuse with ``AudioError/unavailable``; the rest of the room needs none.
#if AUDIO_LIBRARIES
    import CKissFFT
    import CSampleRate
    import CSoundFile
    import Glibc

    /// Whether the program was built with the libraries that read audio.
    public let isAudioAvailable = true

    /// The bytes of a file, as libsndfile reads them.
    private final class ByteReader {
        let bytes: [UInt8]
        var place = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        static func of(_ pointer: UnsafeMutableRawPointer?) -> ByteReader? { pointer.map { Unmanaged<ByteReader>.fromOpaque($0).takeUnretainedValue() } }

        func seek(_ offset: Int, _ whence: Int32) -> Int {
            let origin = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? place : bytes.count
            let (target, overflows) = origin.addingReportingOverflow(offset)
            guard !overflows, (0...bytes.count).contains(target) else { return -1 }
            place = target
            return place
        }

        func read(into memory: UnsafeMutableRawPointer?, count: Int) -> Int {
            let count = min(max(0, count), bytes.count - place)
            guard let memory, count > 0 else { return 0 }
            bytes.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress! + place, byteCount: count) }
            place += count
            return count
        }
    }

    /// Frames decoded at a time.
    private let pieceFrameCount = 4096

    /// Decodes a WAV, FLAC or Ogg file: calls `body` with pieces of interleaved samples, integers scaled to -1…1, after `begin` with rate and channels.
    /// - Throws: ``AudioError`` for other formats, and for a file that ends before what its header says.
    func decode(
        _ bytes: [UInt8], begin: (_ rate: Int, _ channelCount: Int) throws(AudioError) -> Void, _ body: (UnsafeBufferPointer<Float>) throws(AudioError) -> Void
    ) throws(AudioError) {
        let reader = ByteReader(bytes)
        var callbacks = SF_VIRTUAL_IO(
            get_filelen: { sf_count_t(ByteReader.of($0)?.bytes.count ?? 0) }, seek: { sf_count_t(ByteReader.of($2)?.seek(Int($0), $1) ?? -1) },
            read: { sf_count_t(ByteReader.of($2)?.read(into: $0, count: Int($1)) ?? 0) }, write: { _, _, _ in 0 },
            tell: { sf_count_t(ByteReader.of($0)?.place ?? 0) })
        var information = SF_INFO()
        // The library keeps the pointer to the reader until the file is closed below.
        let file = sf_open_virtual(&callbacks, Int32(SFM_READ), &information, Unmanaged.passUnretained(reader).toOpaque())
        defer { withExtendedLifetime(reader) {} }
        guard let file else { throw .unreadable(reason: sentence(sf_strerror(nil))) }
        defer { sf_close(file) }
        let format = information.format & Int32(SF_FORMAT_TYPEMASK)
        guard [SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_FLAC, SF_FORMAT_OGG].contains(where: { Int32($0) == format }),
            Int32(SF_FORMAT_MPEG_LAYER_III) != information.format & Int32(SF_FORMAT_SUBMASK)
        else { throw .unknownFormat }
        let channelCount = Int(information.channels)
        try begin(Int(information.samplerate), channelCount)
        var (piece, frameCount) = (Array(repeating: Float(0), count: pieceFrameCount * channelCount), 0)
        while true {
            let count = Int(sf_readf_float(file, &piece, sf_count_t(pieceFrameCount)))
            guard count > 0 else { break }
            frameCount += count
            try piece.withUnsafeBufferPointer { (buffer) throws(AudioError) in try body(UnsafeBufferPointer(rebasing: buffer[..<(count * channelCount)])) }
        }
        guard sf_error(file) == 0 else { throw .unreadable(reason: sentence(sf_strerror(file))) }
        // Of a stream whose length isn't known the library gives the largest number.
        if information.frames > 0, information.frames < sf_count_t.max, frameCount < Int(information.frames) {
            throw .truncated(found: frameCount, wanted: Int(information.frames))
        }
    }

    /// The samples at another rate: libsamplerate's band-limited interpolation of medium quality.
    func resample(_ samples: [Float], from rate: Int, to target: Int) throws(AudioError) -> [Float] {
        guard rate != target, !samples.isEmpty else { return samples }
        let ratio = Double(target) / Double(rate)
        guard src_is_valid_ratio(ratio) != 0 else { throw .rateOutOfRange(found: rate) }
        let count = Int((Double(samples.count) * ratio).rounded(.up))
        guard count <= Recording.largestSampleCount else { throw .tooLong(limit: Recording.largestSampleCount) }
        var output = Array(repeating: Float(0), count: count)
        var (written, code) = (0, Int32(0))
        samples.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var work = SRC_DATA()
                (work.data_in, work.input_frames) = (source.baseAddress, source.count)
                (work.data_out, work.output_frames) = (target.baseAddress, target.count)
                (work.src_ratio, work.end_of_input) = (ratio, 1)
                code = src_simple(&work, Int32(SRC_SINC_MEDIUM_QUALITY), 1)
                written = work.output_frames_gen
            }
        }
        guard code == 0 else { throw .unreadable(reason: sentence(src_strerror(code))) }
        return Array(output.prefix(written))
    }

    private func sentence(_ text: UnsafePointer<CChar>?) -> String {
        var text = text.map { String(cString: $0) } ?? "no reason is given"
        while text.last?.isWhitespace == true || text.last == "." { text.removeLast() }
        return text
    }

    /// The Fourier transform of real numbers, by KissFFT.
    final class RealTransform {
        let length: Int
        private let plan: kiss_fftr_cfg
        private var output: [kiss_fft_cpx]

        /// - Precondition: `length` is even and at least 2.
        init(length: Int) throws(AudioError) {
            precondition(length >= 2 && length % 2 == 0)
            guard let plan = kiss_fftr_alloc(Int32(length), 0, nil, nil) else {
                throw .unreadable(reason: "there is no memory for a transform of \(length) points")
            }
            (self.length, self.plan) = (length, plan)
            output = Array(repeating: kiss_fft_cpx(r: 0, i: 0), count: length / 2 + 1)
        }

        deinit { free(UnsafeMutableRawPointer(plan)) }

        /// |X|² of the first length / 2 + 1 frequencies.
        func power(of frame: [Float], into power: inout [Double]) {
            precondition(frame.count == length && power.count == length / 2 + 1)
            kiss_fftr(plan, frame, &output)
            for (place, value) in output.enumerated() { power[place] = Double(value.r) * Double(value.r) + Double(value.i) * Double(value.i) }
        }
    }
#else
    #warning("built without audio: install libsndfile1-dev, libsamplerate0-dev and libkissfft-dev to read WAV, FLAC and Ogg")

    public let isAudioAvailable = false

    func decode(
        _ bytes: [UInt8], begin: (_ rate: Int, _ channelCount: Int) throws(AudioError) -> Void, _ body: (UnsafeBufferPointer<Float>) throws(AudioError) -> Void
    ) throws(AudioError) {
        throw .unavailable
    }

    func resample(_ samples: [Float], from rate: Int, to target: Int) throws(AudioError) -> [Float] { throw .unavailable }

    final class RealTransform {
        init(length: Int) throws(AudioError) { throw .unavailable }
        func power(of frame: [Float], into power: inout [Double]) {}
    }
#endif
