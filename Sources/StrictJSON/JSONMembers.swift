/// The members of an object that is being read, with detection of duplicate keys.
struct JSONMembers {
    private(set) var list: [JSONMember] = []
    /// Positions of the keys of `list`, once there are more than `scannedCount`.
    private var places: [ExactKey: Int] = [:]

    /// Up to this number a linear search is faster than a table; above it, the table keeps a million keys linear.
    private static let scannedCount = 8

    /// Position of an earlier member with `key`; nil if the key is new.
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
