import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness
import Testing

@Suite("A process without descriptors")
struct DescriptorLimitTests {
    @Test("Doesn't take a whole checkpoint for a damaged one, and pass it over")
    func recovery() async {
        await #expect(processExitsWith: .success) { exit(Self.failure()) }
    }

    /// The number of what failed, 0 if nothing did. In a process of its own, whose limit it lowers.
    private static func failure() -> Int32 {
        var numbers = SeededGenerator(seed: 1)
        guard let directory = try? TemporaryDirectory(), let run = try? RunDirectory(directory.path).locked(),
            (try? run.commit(snapshot(step: 1, &numbers))) != nil, (try? run.commit(snapshot(step: 2, &numbers))) != nil
        else { return 2 }
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 2 }
        // Descriptors are given out from the lowest on: this many more than are open below the first gap; others may be open behind it.
        let next = dup(0)
        close(next)
        for spareCount in 0...200 {
            limit.rlim_cur = rlim_t(next) + rlim_t(spareCount)
            guard setrlimit(resource, &limit) == 0 else { return 2 }
            do {
                guard let found = try RunDirectory(directory.path).newestVerified(), found.checkpoint.manifest.step == 2 else { return 3 }
            } catch CheckpointError.file(.system(_, _, let code)) where code == EMFILE {
                continue
            } catch { return 4 }
            return spareCount > 0 ? 0 : 5
        }
        return 6
    }
}
