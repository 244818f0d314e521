import Files

/// Numbers of a dataset, in memory or in a mapped file; whoever reads them doesn't see which.
struct StoredNumbers<Element: SectionElement>: Sendable {
    private enum Storage {
        case array([Element])
        case mapped(MappedSection<Element>)
    }

    private let storage: Storage

    init(_ values: [Element]) { storage = .array(values) }
    init(_ section: MappedSection<Element>) { storage = .mapped(section) }

    var count: Int {
        switch storage {
        case .array(let values): values.count
        case .mapped(let section): section.count
        }
    }

    /// Memory of this process alone: mapped pages can be taken back at any time.
    var byteCount: Int {
        switch storage {
        case .array(let values): MemoryLayout<Element>.stride * values.count
        case .mapped: 0
        }
    }

    /// The mapped file; nil for numbers in memory.
    var file: SectionFile? {
        switch storage {
        case .array: nil
        case .mapped(let section): section.file
        }
    }

    /// Calls `body` with the numbers in `range`, which begin at index 0 there.
    @inline(__always)
    func withElements<Result>(in range: Range<Int>, _ body: (Span<Element>) -> Result) -> Result {
        switch storage {
        case .array(let values): body(values.span.extracting(range))
        case .mapped(let section): section.withElements(in: range, body)
        }
    }

    /// A single number. For many, ``withElements(in:_:)`` is faster.
    subscript(position: Int) -> Element {
        switch storage {
        case .array(let values): values[position]
        case .mapped(let section): section.withElements(in: position..<position + 1) { $0[0] }
        }
    }

    /// Calls `body` with all numbers in order, a piece at a time.
    func visit(_ body: ([Element]) -> Void) {
        var first = 0
        while first < count {
            let end = min(count, first + 1 << 16)
            body(self[first..<end])
            first = end
        }
    }

    /// A copy of the numbers in `range`.
    subscript(range: Range<Int>) -> [Element] {
        switch storage {
        case .array(let values): Array(values[range])
        case .mapped(let section): section.elements(in: range)
        }
    }
}
