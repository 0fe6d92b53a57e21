using System.Diagnostics;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests;

public class StopTests
{
    [Fact]
    public Task Sigterm_EndsEveryProcessWithinTenSeconds() => EndsEverything(process => process.Signal(ProcessSignal.Terminate));

    /// <summary>A terminal sends Ctrl+C to everything that runs in it.</summary>
    [Fact]
    public Task CtrlC_EndsEveryProcessWithinTenSeconds() => EndsEverything(process => process.SignalAll(ProcessSignal.Interrupt));

    private static async Task EndsEverything(Action<TestProcess> stop)
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var host = await AppHostProcess.StartAsync(cancelled, "--no-dashboard", "--redis", "garnet");
        Assert.True(host.Process.AliveIds.Count >= 4); // dotnet run, the AppHost, Redis, Api, Worker

        var started = Stopwatch.GetTimestamp();
        stop(host.Process);

        await WaitUntil.TrueAsync(() => host.Process.AliveIds.Count == 0, "the end of every process", TimeSpan.FromSeconds(10), cancelled);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
