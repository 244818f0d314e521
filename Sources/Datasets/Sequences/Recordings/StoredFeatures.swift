import Files
import NumberText

/// The frames of a recording as another program computed them: a NumPy array [time, features] or [time] (.npy), a parameter file of HTK, or cepstra of Sphinx (.mfc).
///
/// Sources: Young et al., The HTK Book 3.4, section 5.7.1; CMU Sphinx, "Data formats: cepstra". Both are big-endian; Sphinx's may be little-endian.
struct StoredFeatures {
    /// `[time, features]`.
    let values: [Float]
    let width: Int

    /// - Parameter cepstrumCount: numbers of a frame of Sphinx's, whose files don't say it.
    /// - Throws: ``DatasetError`` for a file of another form, and for numbers that aren't finite.
    init(path: String, cepstrumCount: Int) throws(DatasetError) {
        if fileName(path).lowercased().hasSuffix(".npy") {
            let array: NumpyReader
            do throws(FileError) {
                array = try NumpyReader.open(path)
                values = try array.floats(atMost: halfOfMemory)
            } catch { throw DatasetError(error, path: path) }
            guard (1...2).contains(array.shape.count), array.elementCount > 0 else {
                throw .unusableFile(path: path, reason: "its array has the shape \(array.shape); [time, features] is wanted, or [time].")
            }
            width = array.shape.count == 1 ? 1 : array.shape[1]
        } else {
            let bytes = try fileBytes(at: path)
            guard let found = Self.sphinx(bytes, width: cepstrumCount) ?? Self.htk(bytes) else {
                throw .unusableFile(
                    path: path, reason: "it is neither a NumPy array, a parameter file of HTK (uncompressed, of floats), nor cepstra of Sphinx with whole frames of "
                        + "\(counted(cepstrumCount, "number")) (data.coefficients).")
            }
            (values, width) = found
        }
        guard values.allSatisfy(\.isFinite) else { throw .unusableFile(path: path, reason: "it has numbers that are not finite. Leave it out.") }
    }

    /// The count of floats in four bytes, and these.
    private static func sphinx(_ bytes: [UInt8], width: Int) -> ([Float], Int)? {
        guard bytes.count > 4, bytes.count % 4 == 0 else { return nil }
        let count = bytes.count / 4 - 1
        for isBig in [true, false] where Int(word(bytes, 0, isBig: isBig)) == count && count % width == 0 {
            return ((1...count).map { Float(bitPattern: word(bytes, 4 * $0, isBig: isBig)) }, width)
        }
        return nil
    }

    /// Frames, their period, the bytes of one and their kind; then the frames.
    private static func htk(_ bytes: [UInt8]) -> ([Float], Int)? {
        guard bytes.count > 12 else { return nil }
        let (frameCount, last) = (Int(word(bytes, 0, isBig: true)), word(bytes, 8, isBig: true))
        let (frameByteCount, kind) = (Int(last >> 16), last & 0xFFFF)
        // Waveforms are integers (0); 1024 is compressed, 4096 has a checksum behind the frames.
        guard frameByteCount > 0, frameByteCount % 4 == 0, kind & 0x3F != 0, kind & 0o2000 == 0, kind & 0o10000 == 0, frameCount == (bytes.count - 12) / frameByteCount,
            (bytes.count - 12) % frameByteCount == 0
        else { return nil }
        return ((0..<(bytes.count - 12) / 4).map { Float(bitPattern: word(bytes, 12 + 4 * $0, isBig: true)) }, frameByteCount / 4)
    }

    private static func word(_ bytes: [UInt8], _ place: Int, isBig: Bool) -> UInt32 {
        (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[place + (isBig ? $1 : 3 - $1)]) }
    }
}
