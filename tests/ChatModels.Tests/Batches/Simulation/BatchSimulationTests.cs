using Xunit;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>A few hundred seeds; thousands: <c>dotnet run -c Release --project tests/ChatModels.Benchmarks -- batch-simulation --seeds 5000</c>.</summary>
public sealed class BatchSimulationTests
{
    [Fact]
    public void Workers_UnderEveryFault_AnswerEachLineExactlyOnce()
    {
        var seen = new BatchCoverage();
        for (var seed = 0; seed < 300; seed++)
        {
            Assert.Null(BatchSimulationRun.Failure(seed, seen));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(seen.ToString());
        int[] counts = [seen.Killed, seen.LostAnswers, seen.LateWrites, seen.RivalAnswers, seen.SleptWhileFinishing, seen.Deleted, seen.Ends["Completed"], seen.Ends["Cancelled"], seen.Ends["Expired"], seen.Ends["Failed"], seen.Calls["poison"]];
        Assert.DoesNotContain(0, counts);
    }

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
        BatchSimulationRun.Violation(seed, trace.Add, new BatchCoverage());
        return string.Join('\n', trace);
    }
}
