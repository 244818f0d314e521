/// A binary heap: items are removed in ascending order. Cost: logarithmic for each.
struct PriorityQueue<Item: Comparable> {
    private var items: [Item] = []

    mutating func add(_ item: Item) {
        var place = items.count
        items.append(item)
        while place > 0, items[place] < items[(place - 1) / 2] {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Removes the lowest item; nil if there is none.
    mutating func removeFirst() -> Item? {
        guard let last = items.popLast() else { return nil }
        guard let first = items.first else { return last }
        items[0] = last
        var place = 0
        while true {
            var child = 2 * place + 1
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            guard child < items.count, items[child] < items[place] else { return first }
            items.swapAt(place, child)
            place = child
        }
    }
}
