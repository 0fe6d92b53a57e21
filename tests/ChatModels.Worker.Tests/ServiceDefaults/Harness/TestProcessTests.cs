using ChatModels.Testing;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults.Harness;

public sealed class TestProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dispose_EndsTheProcessAndWhatItLeftBehind()
    {
        var process = TestProcess.Start("bash", ["-c", "(sleep 300 &); (trap '' TERM; sleep 300) & echo ready; wait"]);
        await process.WaitForLineAsync("ready", cancellationToken: Token);
        await WaitUntil.TrueAsync(() => process.AliveIds.Count >= 3, "three members", cancellationToken: Token);
        var members = process.AliveIds;

        await process.DisposeAsync();

        Assert.All(members, id => Assert.False(IsAlive(id), $"{id} is still there"));
    }

    [Fact]
    public async Task WaitForLine_WhenTheProcessEndsBefore_SaysSoWithItsOutput()
    {
        await using var process = TestProcess.Start("bash", ["-c", "echo no such luck; exit 3"]);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => process.WaitForLineAsync("ready", cancellationToken: Token));

        Assert.Equal("bash ended with exit code 3 before a line with 'ready'. It wrote:\nno such luck", error.Message);
    }

    [Fact]
    public async Task Signal_ReachesTheProcess()
    {
        await using var process = TestProcess.Start("bash", ["-c", "trap 'echo bye; exit 7' TERM; echo ready; while true; do sleep 0.05; done"]);
        await process.WaitForLineAsync("ready", cancellationToken: Token);

        process.Signal(ProcessSignal.Terminate);

        Assert.Equal(7, await process.WaitForExitAsync(cancellationToken: Token));
        Assert.Contains("bye", process.Lines);
    }

    [Fact]
    public async Task WaitUntil_WhenTimeIsUp_SaysWhatWasAwaited()
    {
        var error = await Assert.ThrowsAsync<TimeoutException>(
            () => WaitUntil.TrueAsync(() => false, "the moon", TimeSpan.FromMilliseconds(50), Token));

        Assert.Equal("Waited 0.1 s in vain for the moon.", error.Message);
    }

    private static bool IsAlive(int id) =>
        File.Exists($"/proc/{id}/stat") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
}
