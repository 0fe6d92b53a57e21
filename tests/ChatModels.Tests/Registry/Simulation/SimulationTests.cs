using Xunit;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>A few hundred seeds; tens of thousands: <c>dotnet run -c Release --project tests/ChatModels.Benchmarks -- simulation --seeds 20000</c>.</summary>
public sealed class SimulationTests
{
    private static readonly string[] Faults =
        ["wipe", "failover", "old dump", "restart", "outage", "hung server", "kill", "start", "stopped process", "clock jump", "time leap"];

    [Fact]
    public void Fleet_UnderEveryFault_KeepsItsPromises()
    {
        var seen = new Coverage();
        for (var seed = 0; seed < 300; seed++)
        {
            Assert.Null(SimulationRun.Failure(seed, seen));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(seen.ToString());
        int[] counts =
        [
            seen.Divergences, seen.Accepted, seen.LostAnswers, seen.LateCommits, seen.Commits["births"], seen.Commits["restores"], seen.Commits["too late for an empty store"],
            seen.Writes["acknowledged"], seen.Writes["registry_unavailable"], seen.Writes["registry_write_unknown"],
            seen.Hints["lost"], seen.Hints["doubled"], seen.Hints["before an older one"],
            seen.Calls["reads refused"], seen.Calls["reads without an answer"], seen.Calls["reads hung"], seen.Calls["commits without an answer"], seen.Calls["commits hung"],
        ];
        Assert.DoesNotContain(0, counts);
        Assert.DoesNotContain(0, Faults.Select(fault => seen.Faults[fault]));
    }

    // These fail where a process that never learnt its past restores the registry as if it knew it, or never tries to learn it.
    [Theory]
    [InlineData(3116)]
    [InlineData(6437)]
    public void Fleet_RestoredByWhoDoesNotKnowThePast_KeepsItsPromises(int seed) => Assert.Null(SimulationRun.Failure(seed, new Coverage()));

    // This fails where a process counts as stuck that has written since, in a store that was filled and emptied again between two looks.
    [Fact]
    public void Fleet_EmptiedAgainBetweenTwoLooks_IsRestoredByWhoHoldsMore() => Assert.Null(SimulationRun.Failure(103_189, new Coverage()));

    [Fact]
    public void Seed_RunTwice_DoesTheSame()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            Assert.Equal(Trace(seed), Trace(seed));
        }
    }

    private static string Trace(int seed)
    {
        var trace = new List<string>();
        SimulationRun.Violation(seed, trace.Add, new Coverage());
        return string.Join('\n', trace);
    }
}
