using ChatModels.Registry;
using ChatModels.Registry.Probes;
using ChatModels.Testing;
using ChatModels.Tests.Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Tests.Registry;

public sealed class SteadyRunTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatFails_BeginsAnew_AndIsToldOnceUntilItIsSomethingElse()
    {
        var time = new FakeTimeProvider();
        var log = new FakeLogger<SteadyRun>();
        using var service = new Service();
        using var stop = new CancellationTokenSource();
        var begun = 0;

        var running = new SteadyRun(time, log).RunAsync(
            service,
            token => ++begun switch
            {
                1 or 2 => throw new InvalidOperationException("first"),
                3 => Task.FromException(new OperationCanceledException("second")), // Nobody asked for it: a defect too.
                _ => Task.Delay(Timeout.InfiniteTimeSpan, token),
            },
            stop.Token);
        await WaitUntil.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return begun == 4;
            },
            "the fourth beginning", cancellationToken: Cancelled);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(["first", "second"], log.Collector.GetSnapshot().Select(line => line.Exception!.Message));
        Assert.All(log.Collector.GetSnapshot(), line => Assert.Equal((LogLevel.Error, "Service"), (line.Level, line.GetStructuredStateValue("Service"))));
    }

    [Fact]
    public async Task WhatEnds_HasEnded()
    {
        var begun = 0;
        using var service = new Service();

        await new SteadyRun(TimeProvider.System, new FakeLogger<SteadyRun>()).RunAsync(service, _ => Task.FromResult(++begun), Cancelled);

        Assert.Equal(1, begun);
    }

    /// <summary>What a background service of ours may have overlooked ends neither it nor the host.</summary>
    [Fact]
    public async Task AHostWithABrokenService_GoesOnServing()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var board = new BrokenBoard();
        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Completion("Still here."), Cancelled);
        await using var host = await ChatHost.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(time).AddSingleton<IProbeBoard>(board));
        await host.AddProviderAsync("p", upstream.Endpoint);
        await host.AddModelAsync("m", "p");

        await WaitUntil.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return board.Reads > 1;
            },
            "another try", cancellationToken: Cancelled);

        Assert.False(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        Assert.Contains("Still here.", (await host.AskAsync(ChatHost.Ask("m"), Cancelled)).Body);
    }

    private sealed class Service : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }

    private sealed class BrokenBoard : IProbeBoard
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public Task<bool> TryHoldAsync(string owner, TimeSpan lifetime, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task ReleaseAsync(string owner, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PublishAsync(IReadOnlyDictionary<string, ProbeRecord> results, TimeSpan lifetime, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task RemoveAsync(IReadOnlyCollection<string> providers, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyDictionary<string, ProbeRecord>> ReadAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            throw new InvalidOperationException("Nobody thought of this.");
        }
    }
}
