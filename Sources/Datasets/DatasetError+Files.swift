import Files

extension DatasetError {
    /// - Parameter path: of the file that was read.
    init(_ error: FileError, path: String) {
        switch error {
        case .gzip(_, .tooLarge(let limit)): self = .fileTooLarge(path: path, limit: limit)
        case .gzip(let place, let fault): self = .unusableFile(path: place, reason: fault.description)
        case .zip(let place, let fault): self = .unusableFile(path: place, reason: fault.description)
        case .numpy(let place, let fault): self = .unusableFile(path: place, reason: fault.description)
        default: self = .unreadableFile(path: path, reason: error.reason)
        }
    }
}
