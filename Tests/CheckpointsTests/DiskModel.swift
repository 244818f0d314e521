import Checkpoints
import Files
import SeededRandomness

/// What a disk holds, and what it may hold after a power cut: it promises nothing that wasn't synchronized.
///
/// A file's bytes since its last synchronization are there, not there, or torn. The changes to a directory's names since its last synchronization
/// have happened or not, each for itself and in no order; a rename happens whole. That is what POSIX promises, and less than ext4 or XFS do.
struct DiskModel {
    private typealias Node = Int
    private struct Directory {
        var current: [String: Node] = [:]
        var durable: [String: Node] = [:]
        /// Since the last synchronization, in their order: names with what they then led to, nil for nothing.
        var changes: [[String: Node?]] = []
    }
    private struct File {
        var current: [UInt8] = []
        var durable: [UInt8] = []
    }

    private let root: String
    private static let rootNode = 0
    private var directories = [rootNode: Directory()]
    private var files: [Node: File] = [:]

    /// - Parameter root: an empty directory that is on disk; the changes take place in it.
    init(root: String) { self.root = root }

    /// - Parameter content: the file's bytes after a write or a truncation.
    mutating func apply(_ operation: FileOperation, content: [UInt8]?) {
        let name = lastComponent(of: operation.path)
        switch operation.kind {
        case .makeDirectory: enter(name, in: parent(of: operation.path), isDirectory: true)
        case .create: enter(name, in: parent(of: operation.path), isDirectory: false)
        case .write, .truncate: files[node(at: operation.path)]?.current = content ?? []
        case .synchronize: synchronize(node(at: operation.path))
        case .removeFile, .removeDirectory: change(parent(of: operation.path), [name: nil])
        case .rename:
            let destination = operation.destination ?? ""
            precondition(parent(of: destination) == parent(of: operation.path), "a rename between directories isn't modelled: \(operation)")
            change(parent(of: operation.path), [name: nil, lastComponent(of: destination): node(at: operation.path)])
        }
    }

    private mutating func enter(_ name: String, in parent: Node, isDirectory: Bool) {
        let node = directories.count + files.count
        if isDirectory { directories[node] = Directory() } else { files[node] = File() }
        change(parent, [name: node])
    }

    private mutating func change(_ node: Node, _ names: [String: Node?]) {
        directories[node]?.current.merge(names)
        directories[node]?.changes.append(names)
    }

    private mutating func synchronize(_ node: Node) {
        if let file = files[node] { files[node]?.durable = file.current }
        if let directory = directories[node] { directories[node] = Directory(current: directory.current, durable: directory.current) }
    }

    /// What processes see.
    var seen: DiskImage { seen(Self.rootNode) }

    private func seen(_ node: Node) -> DiskImage {
        directories[node].map { .directory($0.current.mapValues(seen)) } ?? .file(files[node]?.current ?? [])
    }

    private func node(at path: String) -> Node {
        precondition(path == root || path.hasPrefix(root + "/"), "\(path) isn't in \(root)")
        return path.dropFirst(root.count).split(separator: "/").reduce(Self.rootNode) { node, name in
            guard let next = directories[node]?.current[String(name)] else { preconditionFailure("nothing is known at \(path)") }
            return next
        }
    }

    private func parent(of path: String) -> Node { node(at: String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])) }
}

func lastComponent(of path: String) -> String { String(path.split(separator: "/").last ?? "") }

extension [String: Int] {
    fileprivate mutating func merge(_ changes: [String: Int?]) {
        for (name, node) in changes { self[name] = node }
    }
}

// MARK: The images of a crash

extension DiskModel {
    /// All images that a power cut may leave now if there are at most `bound`; else that many of them, of which the first two are the one where
    /// nothing more got to the disk and the one where all did.
    func crashImages(atMost bound: Int, _ numbers: inout SeededGenerator) -> [DiskImage] {
        let choices = Choices(of: self, &numbers)
        let count = choices.count(Self.rootNode, upTo: bound + 1)
        if count <= bound { return choices.all(Self.rootNode) }
        return [choices.one(Self.rootNode) { _ in 0 }, choices.one(Self.rootNode) { $0 - 1 }]
            + (2..<bound).map { _ in choices.one(Self.rootNode) { Int(numbers.next() % UInt64($0)) } }
    }

    /// For each file and directory by itself, what it may hold: first what was synchronized, last what the process saw.
    private struct Choices {
        private var contents: [Node: [[UInt8]]]
        private var listings: [Node: [[String: Node]]]

        init(of disk: DiskModel, _ numbers: inout SeededGenerator) {
            // In the nodes' order, so that the same seed gives the same images.
            contents = [:]
            for (node, file) in disk.files.sorted(by: { $0.key < $1.key }) { contents[node] = Self.contents(of: file, &numbers) }
            listings = disk.directories.mapValues(Self.listings)
        }

        private static func contents(of file: File, _ numbers: inout SeededGenerator) -> [[UInt8]] {
            let (durable, current) = (file.durable, file.current)
            if durable == current { return [current] }
            let agreed = zip(durable, current).prefix { $0 == $1 }.count
            let pending = max(1, current.count - agreed)
            let cuts = (0..<2).map { _ in min(current.count, agreed + Int(numbers.next() % UInt64(pending))) }
            let zeros = [UInt8](repeating: 0, count: current.count - cuts[1])
            return [durable, Array(current[..<cuts[0]]), current[..<cuts[1]] + zeros, current]
        }

        /// Every subset of the changes, in their order; without those in which something had two names, as nothing here ever has.
        private static func listings(of directory: Directory) -> [[String: Node]] {
            precondition(directory.changes.count <= 16, "\(directory.changes.count) unsynchronized names are too many to try all")
            var listings: [[String: Node]] = []
            for subset in 0..<(1 << directory.changes.count) {
                var listing = directory.durable
                for (index, change) in directory.changes.enumerated() where subset >> index & 1 == 1 { listing.merge(change) }
                if Set(listing.values).count == listing.count { listings.append(listing) }
            }
            return listings
        }

        /// The number of images of what lies at `node`, or `limit` if there are more.
        func count(_ node: Node, upTo limit: Int) -> Int {
            guard let listings = listings[node] else { return contents[node]?.count ?? 0 }
            var sum = 0
            for listing in listings where sum < limit {
                var product = 1
                for child in listing.values where product < limit { product *= count(child, upTo: limit) }
                sum += product
            }
            return min(limit, sum)
        }

        func all(_ node: Node) -> [DiskImage] {
            guard let listings = listings[node] else { return (contents[node] ?? []).map(DiskImage.file) }
            return listings.flatMap { listing in
                var partial: [[String: DiskImage]] = [[:]]
                for (name, child) in listing.sorted(by: { $0.key < $1.key }) {
                    let images = all(child)
                    partial = partial.flatMap { entries in images.map { entries.merging([name: $0]) { $1 } } }
                }
                return partial.map(DiskImage.directory)
            }
        }

        /// The image in which `choice` says, of a number of possibilities, which has come true.
        func one(_ node: Node, _ choice: (Int) -> Int) -> DiskImage {
            guard let listings = listings[node] else {
                let contents = contents[node] ?? []
                return .file(contents[choice(contents.count)])
            }
            let listing = listings[choice(listings.count)].sorted { $0.key < $1.key }
            return .directory(Dictionary(uniqueKeysWithValues: listing.map { ($0.key, one($0.value, choice)) }))
        }
    }
}
