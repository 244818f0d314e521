import Checkpoints
import Files
import SeededRandomness
import Testing

@Suite("A power cut")
struct PowerCutTests {
    /// Of one crash, this many images are tried, all of them if there are no more.
    private static let imageBound = 256

    /// A new run's saves, one that retention follows, one in the place of its step's own, and a run's other files.
    private static func histories(_ numbers: SeededGenerator) throws -> [RunStory.Named] {
        try RunStory.saving([[10, 20]], streams: true, numbers).histories([]) + RunStory.saving([[10, 20]], numbers).histories([.death])
            + RunStory.saving([[10, 20], [30]], numbers).histories([.death]) + RunStory.saving([[10, 20], [20]], numbers).histories([.death, .once])
            + RunStory.firstTexts().histories([.death]) + RunStory.texts().histories([.death])
    }

    @Test("After any change, whatever of the unsynchronized is lost: the newest committed checkpoint loads, and a text and the metrics are what was written")
    func anyImage() throws {
        var numbers = SeededGenerator.announced("anyImage")
        var (imageCount, crashCount, boundedCount) = (0, 0, 0)
        let histories = try Self.histories(numbers)
        for (name, history) in histories {
            crashCount += history.changes.count + 1 - history.firstCrash
            try history.visitImages(atMost: Self.imageBound, &numbers) { image, crash in
                imageCount += 1
                let complaint = try history.complaint(about: image, crash: crash)
                let last = crash == 0 ? "nothing" : history.changes[crash - 1].site
                #expect(complaint == nil, "\(name): the power was cut after change \(crash), \(last)")
                return complaint == nil
            }
            boundedCount += history.boundedCrashCount
        }
        print("\(imageCount) images of \(crashCount) crashes, all there are of \(crashCount - boundedCount), in \(histories.count) histories")
        #expect(imageCount > 5000 && crashCount > 1000 && boundedCount < crashCount / 10)
    }

    @Test("Every change is announced: those that were lead to what lies on the disk")
    func announcements() throws {
        for (name, history) in try Self.histories(SeededGenerator.announced("announcements")) { #expect(try history.isComplete(), "\(name)") }
    }

    @Test("No synchronization can be left out: without any of them, some power cut loses what was promised")
    func everySynchronization() throws {
        var numbers = SeededGenerator.announced("everySynchronization")
        var (sites, needed) = (Set<String>(), Set<String>())
        for (_, history) in try Self.histories(numbers) {
            for (index, change) in history.changes.enumerated() where change.operation.kind == .synchronize {
                sites.insert(change.site)
                if needed.contains(change.site) { continue }
                try history.visitImages(without: index, atMost: Self.imageBound, &numbers) { image, crash in
                    guard try history.complaint(about: image, crash: crash) != nil else { return true }
                    needed.insert(change.site)
                    return false
                }
            }
        }
        print("\(sites.count) synchronizations, each needed:\n  " + sites.sorted().joined(separator: "\n  "))
        #expect(sites.subtracting(needed).isEmpty)
        #expect(sites.count > 10)
    }
}
