/// The members of an object while it is read, and a way to see that a key comes again.
struct JSONMembers {
    private(set) var list: [JSONMember] = []
    /// Keys of `list` with their places, once there are more than `scannedCount`.
    private var places: [ExactKey: Int] = [:]

    /// A pass over so few members is quicker than a table; above, the table keeps a million keys linear.
    private static let scannedCount = 8

    /// Where `key` stood before; nil if it is new.
    func position(of key: String) -> JSONPosition? {
        if list.count <= Self.scannedCount {
            return list.first { $0.key.utf8.elementsEqual(key.utf8) }?.keyPosition
        }
        return places[ExactKey(key: key)].map { list[$0].keyPosition }
    }

    mutating func append(_ member: JSONMember) {
        list.append(member)
        if list.count == Self.scannedCount + 1 {
            for (place, member) in list.enumerated() { places[ExactKey(key: member.key)] = place }
        } else if list.count > Self.scannedCount {
            places[ExactKey(key: member.key)] = list.count - 1
        }
    }
}
