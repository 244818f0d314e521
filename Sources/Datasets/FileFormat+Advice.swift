import ShellText

/// The intended use of a file.
public enum FileUse: Sendable, Equatable { case text, table }

extension FileFormat {
    /// Rejects a file whose first bytes show that it isn't plain text. A file of an unknown format passes; its first invalid byte is found later.
    /// - Throws: ``DatasetError/notPlainText(path:format:use:)``.
    static func requirePlainText(_ bytes: [UInt8], path: String, for use: FileUse) throws(DatasetError) {
        guard !isPreparedForm(bytes) else {
            throw .unusableFile(
                path: path,
                reason: "it is a form that lstm-train prepare wrote. Name it in data.prepared, and in data.files the files that it was made from."
            )
        }
        if let format = FileFormat(bytes: bytes) { throw .notPlainText(path: path, format: format, use: use) }
    }

    /// A sentence with the command that converts the file at `path` for `use`.
    public func advice(path: String, for use: FileUse) -> String {
        let file = path.shellPath
        switch self {
        case .utf16: return conversion(path, from: "UTF-16", use)
        case .utf16LittleEndian: return conversion(path, from: "UTF-16LE", use)
        case .utf16BigEndian: return conversion(path, from: "UTF-16BE", use)
        case .utf32: return conversion(path, from: "UTF-32", use)
        case .gzip: return "Give it a name that ends in .gz, and it is unpacked as it is read."
        case .bzip2: return "Unpack it: bunzip2 -k \(file)"
        case .xz: return "Unpack it: unxz -k \(file)"
        case .zstandard: return "Unpack it: unzstd \(file)"
        case .lz4: return "Unpack it: unlz4 \(file)"
        case .zip: return "Unpack it (unzip \(file)), and name the file in it."
        case .tar: return "Unpack it (tar -xf \(file)), and name the files in it."
        case .sevenZip: return "Unpack it (7z x \(file)), and name the file in it."
        case .rar: return "Unpack it (unrar x \(file)), and name the file in it."
        case .sheet: return "Save its sheet as CSV in UTF-8."
        case .openDocument, .oldOffice: return use == .table ? "Save its sheet as CSV in UTF-8." : "Save it as plain text in UTF-8, or a sheet as CSV."
        case .word, .epub, .rtf: return "Save it as plain text in UTF-8, or: pandoc -t plain -o \(path.replacingExtension(with: ".txt").shellPath) \(file)"
        case .slides: return "Save its text as plain text in UTF-8."
        case .pdf: return "Take its text out: pdftotext \(file) \(path.replacingExtension(with: ".txt").shellPath)"
        case .png, .jpeg, .gif, .webP, .tiff, .bmp: return "lstm-train doesn't read pictures."
        case .audio: return "Recordings are read with data.kind \"sequences\" and data.audio."
        case .video: return "lstm-train doesn't read video."
        case .numpyArchive:
            return "With data.kind \"series\" and \"sequences\" it is read, if its name ends in .npz; or write it as CSV, in Python with "
                + "numpy.savetxt(…, delimiter=\",\", header=…, comments=\"\")."
        case .numpy: return "With data.kind \"series\" it is read; or write it as CSV, in Python with numpy.savetxt(…, delimiter=\",\", header=…, comments=\"\")."
        case .hdf5: return "Write it as CSV, in Python with pandas.read_hdf(…).to_csv(…, index=False)."
        case .parquet: return "Write it as CSV, in Python with pandas.read_parquet(…).to_csv(…, index=False)."
        case .arrow: return "Write it as CSV, in Python with pandas.read_feather(…).to_csv(…, index=False)."
        case .pickle: return "Write what is in it as text or CSV, in Python: a table with pandas.read_pickle(…).to_csv(…, index=False)."
        case .sqlite: return "Write a table of it as CSV: sqlite3 -header -csv \(file) \"SELECT * FROM …\" > \(path.replacingExtension(with: ".csv").shellPath)"
        case .safetensors: return "Weights to begin with are named by model.initialWeights, not by data.files."
        case .torch: return "Weights to begin with are saved as safetensors, and named by model.initialWeights."
        case .program: return "Give the text itself."
        }
    }

    private func conversion(_ path: String, from encoding: String, _ use: FileUse) -> String {
        "Convert it to UTF-8: " + Self.conversion(path, from: encoding)
    }

    /// A command that writes the file in UTF-8 to the same folder: "play.txt" as "play.utf8.txt".
    static func conversion(_ path: String, from encoding: String) -> String {
        let end = path.placeOfExtension
        let target = path[..<end] + ".utf8" + path[end...]
        return "iconv -f \(encoding) -t UTF-8 \(path.shellPath) > \(String(target).shellPath)"
    }
}

extension String {
    /// Index of the dot of the last path component's extension; the end if there is none.
    fileprivate var placeOfExtension: Index {
        guard let dot = lastIndex(of: "."), dot > (lastIndex(of: "/") ?? startIndex), dot > startIndex, self[index(before: dot)] != "/" else { return endIndex }
        return dot
    }

    fileprivate func replacingExtension(with ending: String) -> String { self[..<placeOfExtension] + ending }
}
