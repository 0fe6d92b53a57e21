using System.Net;
using System.Net.Sockets;
using ChatModels.AppHost.ProcessHost;
using Xunit;

namespace ChatModels.AppHost.Tests.ProcessHost;

public sealed class LauncherTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public LauncherTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The children of these tests are shell scripts.");

    [Fact]
    public async Task Run_WhenAllAreReady_WelcomesAndPrintsChildrenBehindTheirNames()
    {
        await using var run = Run.Of(ShellChild.Running("redis", "echo hello from redis; exec sleep 300"), ShellChild.Running("api"));

        Assert.True(await run.SaysAsync("welcome", Token));
        Assert.True(await run.SaysAsync("redis     hello from redis", Token));
        await run.StopAsync();
        Assert.Equal(0, await run.ExitCode);
    }

    [Fact]
    public async Task Run_WhenAChildDiesBeforeAllAreReady_SaysOneLineAndLeavesNothing()
    {
        await using var run = Run.Of(
            ShellChild.Running("redis", "echo pid $$; exec sleep 300"),
            ShellChild.NeverReady("api", "echo broken; exit 7"),
            ShellChild.Running("worker", "echo pid $$; exec sleep 300"));

        Assert.Equal(1, await run.ExitCode);
        Assert.Equal("api ended with exit code 7 before everything was ready: do the right thing.", run.Lines[^1]);
        Assert.Equal(["api       broken"], run.Lines.Where(line => line.StartsWith("api ", StringComparison.Ordinal)).SkipLast(1));
        Assert.False(Run.IsAlive(Assert.Single(run.PrintedIds())));
    }

    [Fact]
    public async Task Run_WhenAnEarlierChildDiesWhileALaterOneStarts_NamesTheDeadOne()
    {
        await using var run = Run.Of(ShellChild.Running("redis", "sleep 0.3; exit 4"), ShellChild.NeverReady("api", "exec sleep 300"));

        Assert.Equal(1, await run.ExitCode);
        Assert.Equal("redis ended with exit code 4 before everything was ready: do the right thing.", run.Lines[^1]);
    }

    [Fact]
    public async Task Run_WhenAChildIsNotReadyInTime_SaysSoAndStopsIt()
    {
        await using var run = Run.Of(ShellChild.NeverReady("api", "echo pid $$; exec sleep 300") with { ReadyWithin = TimeSpan.FromSeconds(1) });

        Assert.Equal(1, await run.ExitCode);
        Assert.Equal("api was not ready within 1 seconds: do the right thing.", run.Lines[^1]);
        Assert.DoesNotContain(run.PrintedIds(), Run.IsAlive);
    }

    [Fact]
    public async Task Run_WhenAProgramIsMissing_NamesTheChildAndTheCure()
    {
        await using var run = Run.Of(new ChildProcess("redis", "/no/such/program", []) { IsReady = _ => Task.FromResult(true), Cure = "Install it" });

        Assert.Equal(1, await run.ExitCode);
        var line = Assert.Single(run.Lines);
        Assert.StartsWith("redis did not start: ", line, StringComparison.Ordinal);
        Assert.EndsWith("Install it.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenAPortIsInUse_SaysOneLineBeforeAnythingStarts()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port;
        await using var run = Run.Of(
            ShellChild.Running("redis", "echo started; exec sleep 300"),
            ShellChild.Running("api") with { FixedPort = port, PortCure = "choose another port with --port N" });

        Assert.Equal(1, await run.ExitCode);
        Assert.Equal([$"Port {port}, which api needs, is in use: choose another port with --port N."], run.Lines);
    }

    [Fact]
    public async Task Run_WhenAChildDiesAfterAllWereReady_SaysOneLineAndTheOthersRunOn()
    {
        await using var run = Run.Of(ShellChild.Running("redis", "echo pid $$; exec sleep 300"), ShellChild.Running("api", "read line < /dev/null; sleep 1; exit 9"));
        Assert.True(await run.SaysAsync("welcome", Token));

        Assert.True(await run.SaysAsync("api ended with exit code 9; the others run on. Ctrl+C stops them.", Token));
        Assert.True(Run.IsAlive(Assert.Single(run.PrintedIds())));
        Assert.False(run.ExitCode.IsCompleted);

        await run.StopAsync();
        Assert.Equal(0, await run.ExitCode);
        Assert.Single(run.Lines, line => line.Contains("ended with exit code", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_OfChildrenThatIgnoreSigterm_EndsThemAndTheirsWithinTenSeconds()
    {
        const string Stubborn = "trap '' TERM; sleep 300 & echo pid $!; echo pid $$; while :; do sleep 1; done";
        await using var run = Run.Of(ShellChild.Running("redis", Stubborn), ShellChild.Running("api", Stubborn), ShellChild.Running("worker", Stubborn));
        Assert.True(await run.SaysAsync("welcome", Token));
        Assert.True(await Deadline.MetAsync(() => run.PrintedIds().Count == 6, TimeSpan.FromSeconds(5), Token));

        var took = await run.StopAsync();

        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.True(await Deadline.MetAsync(() => !run.PrintedIds().Any(Run.IsAlive), TimeSpan.FromSeconds(1), Token));
    }

    [Fact]
    public async Task Run_WithoutADashboard_SaysWhyAndGoesOn()
    {
        await using var run = Run.Of(new LaunchPlan([ShellChild.Running("api")])
        {
            FindDashboard = _ => throw new StartFailedException("npm could not fetch it"),
            Welcome = ["welcome"],
        });

        Assert.True(await run.SaysAsync("welcome", Token));
        Assert.Equal(["No dashboard: npm could not fetch it", "welcome"], run.Lines);
    }

    [Fact]
    public async Task Run_WithADashboard_PrintsItsUrlLast()
    {
        await using var run = Run.Of(new LaunchPlan([ShellChild.Running("api")])
        {
            FindDashboard = _ => Task.FromResult(ShellChild.Running("dashboard") with { Optional = true }),
            DashboardUrl = "http://localhost:15180",
            Welcome = ["welcome"],
        });

        Assert.True(await run.SaysAsync("  Dashboard  http://localhost:15180", Token));
        Assert.Equal(["welcome", "Dashboard  http://localhost:15180"], run.Lines);
    }
}
