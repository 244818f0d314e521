/// Number of windows of `length` items in `itemCount` ones, each followed by the `ahead` items to predict, one starting every `stride` items.
public func windowCount(in itemCount: Int, length: Int, ahead: Int, stride: Int = 1) -> Int {
    let startCount = itemCount - length - ahead + 1
    return startCount <= 0 ? 0 : (startCount - 1) / stride + 1
}
