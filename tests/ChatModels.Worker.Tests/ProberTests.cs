using ChatModels.Registry;
using ChatModels.Registry.Probes;
using ChatModels.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatModels.Worker.Tests;

/// <summary>Several workers over one Redis: one of them probes.</summary>
public sealed class ProberTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly string _registry = SharedStores.UniqueName();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _redis.BootAsync(Cancelled);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task OneWorkerProbesForAll_AndAnotherTakesOverWhenItStops()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        upstream.OnOther = (context, _) =>
        {
            context.Response.StatusCode = 200;
            return Task.CompletedTask;
        };
        var workers = new List<WorkerProcess> { await StartAsync(), await StartAsync(), await StartAsync() };
        try
        {
            await WaitUntil.TrueAsync(() => workers.TrueForAll(w => w.Registry.Current.Head is not null), "three loaded workers", cancellationToken: Cancelled);
            var written = await workers[0].Registry.PutProviderAsync("p", new ProviderConfig { Type = "openai", Endpoint = upstream.Endpoint.ToString() }, Precondition.None, "test", Cancelled);
            Assert.Null(written.Failure);

            await WaitUntil.TrueAsync(() => upstream.Requests.Count >= 6, "six rounds", cancellationToken: Cancelled);
            var probers = await ProbersAsync(workers, rounds: 5);
            var prober = Assert.Single(probers);
            var stopped = workers.Single(w => w.Registry.Status.ReplicaId == prober);
            workers.Remove(stopped);
            await stopped.DisposeAsync();

            Assert.DoesNotContain(prober, await ProbersAsync(workers, rounds: 3));
            Assert.All(upstream.Requests, r => Assert.Equal(("GET", "/v1/models"), (r.Method, r.Path)));
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    /// <summary>Who made the results of the next rounds.</summary>
    private static async Task<HashSet<string>> ProbersAsync(List<WorkerProcess> workers, int rounds)
    {
        var board = workers[0].Services.GetRequiredService<IProbeBoard>();
        var last = (await board.ReadAsync(Cancelled)).GetValueOrDefault("p")?.At ?? default;
        HashSet<string> probers = [];
        for (var round = 0; round < rounds; round++)
        {
            await WaitUntil.TrueAsync(
                async token =>
                {
                    if ((await board.ReadAsync(token)).GetValueOrDefault("p") is not { } result || result.At <= last)
                    {
                        return false;
                    }

                    last = result.At;
                    probers.Add(result.By);
                    return true;
                },
                "the next round", cancellationToken: Cancelled);
        }

        return probers;
    }

    private Task<WorkerProcess> StartAsync() => WorkerProcess.StartAsync(_redis.ConnectionString, _registry, Cancelled, ("ChatModels:Probes:Interval", "00:00:00.300"));
}
