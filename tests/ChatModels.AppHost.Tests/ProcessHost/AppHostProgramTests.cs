using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ChatModels.AppHost.Redis;
using Xunit;

namespace ChatModels.AppHost.Tests.ProcessHost;

public sealed class AppHostProgramTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("--redis container", "--redis container needs the Aspire packages")]
    [InlineData("--operation publish", "--operation is for publishing")]
    [InlineData("--replicas 3", "--replicas is not an option")]
    [InlineData("--port eighty", "--port eighty is not a port")]
    public async Task Start_WithWhatItCannotDo_SaysOneLineAndExitsWithTwo(string arguments, string expected)
    {
        using var host = AppHostProgram.Start(arguments.Split(' '));

        await host.ExitAsync(Token);

        Assert.Equal(2, host.ExitCode);
        Assert.StartsWith(expected, Assert.Single(host.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhenTheApisPortIsInUse_SaysOneLineAndExitsWithOne()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        using var host = AppHostProgram.Start(["--port", port, "--data", _data.Path, "--no-dashboard"]);
        await host.ExitAsync(Token);

        Assert.Equal(1, host.ExitCode);
        Assert.Equal([$"Port {port}, which api needs, is in use: stop what listens there, or choose another port with --port N."], host.Lines);
    }

    [Fact]
    public async Task Start_WithALocalRedisThatIsNotInstalled_SaysOneLineAndExitsWithOne()
    {
        using var host = AppHostProgram.Start(["--redis", "local", "--port", "0", "--data", _data.Path], path: _data.Path);
        await host.ExitAsync(Token);

        Assert.Equal(1, host.ExitCode);
        Assert.Equal([RedisServer.NoneOnPath], host.Lines);
    }

    [Fact]
    public async Task Start_WithADataDirectoryThatCannotBeMade_SaysOneLineAndExitsWithOne()
    {
        var file = Path.Combine(_data.Path, "file");
        await File.WriteAllTextAsync(file, "x", Token);

        using var host = AppHostProgram.Start(["--redis", "garnet", "--port", "0", "--data", file]);
        await host.ExitAsync(Token);

        Assert.Equal(1, host.ExitCode);
        Assert.Contains("--data DIR", Assert.Single(host.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(RedisKind.Local))]
    [InlineData(nameof(RedisKind.Garnet))]
    public async Task Sigterm_LeavesNoProcess(string kind)
    {
        using var host = await StartAsync(kind);
        var started = host.Descendants();
        var clock = Stopwatch.StartNew();

        host.Terminate();
        await host.ExitAsync(Token);

        Assert.Equal(0, host.ExitCode);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.NotEmpty(started);
        Assert.True(await Deadline.MetAsync(() => !started.Any(process => Run.IsAlive(process.Id)), TimeSpan.FromSeconds(1), Token));
    }

    [Fact]
    public async Task Sigkill_OfTheAppHost_LeavesNoProcessEither()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descendants are only known on Linux.");
        using var host = await StartAsync(nameof(RedisKind.Garnet));
        var started = host.Descendants();

        host.Kill();

        Assert.NotEmpty(started);
        Assert.True(await Deadline.MetAsync(() => !started.Any(process => Run.IsAlive(process.Id)), TimeSpan.FromSeconds(10), Token));
    }

    // As soon as the Api was started, which is after Redis was ready.
    private async Task<AppHostProgram> StartAsync(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        Assert.SkipWhen(RedisServer.Find(Enum.Parse<RedisKind>(kind)) is null && !Requirement.All, RedisServer.NoneOnPath);
        var host = AppHostProgram.Start(["--redis", kind.ToLowerInvariant(), "--port", "0", "--data", _data.Path, "--no-dashboard"]);
        Assert.True(await host.SaysAsync("Now listening on", Token), string.Join('\n', host.Lines));
        return host;
    }
}
