using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Tests.Registry.Writing;

[Trait("Requirement", "FR-005")]
[Trait("Requirement", "NFR-004")]
[Trait("Requirement", "NFR-007")]
public sealed class WriteConcurrencyTests : StoreTest
{
    private const int Replicas = 3;
    private const int WritersPerReplica = 4;
    private const int WritesPerWriter = 25;

    [Fact]
    public async Task ManyWritersOnManyReplicas_LoseNoAcknowledgedWriteAndEndInOneState()
    {
        var replicas = await FleetAsync();
        var acknowledged = await Task.WhenAll(Enumerable.Range(0, Replicas * WritersPerReplica).Select(w => Task.Run(() => WriteManyAsync(replicas[w % Replicas], w))));
        var revisions = acknowledged.SelectMany(r => r).Select(r => r.Head!.Revision).Order().ToArray();

        Assert.Equal(revisions.Distinct(), revisions);
        foreach (var replica in replicas)
        {
            await replica.RefreshAsync();
            Assert.Equal(replicas[0].Current.Head, replica.Current.Head);
            Assert.Equal(Replicas * WritersPerReplica * WritesPerWriter, replica.Current.Models.Count);
            replica.Dispose();
        }

        Assert.Equal(replicas[0].Current.Head!.Revision, revisions[^1]);
    }

    [Fact]
    public async Task Readers_WhileWritersChurn_OnlyEverSeeWholeRevisions()
    {
        var replicas = await FleetAsync();
        using var over = new CancellationTokenSource();

        // Each write of the pair keeps: the alias 'now' is on exactly one of the two models, and a model's provider is the snapshot's.
        var readers = Enumerable.Range(0, 4).Select(r => Task.Run(() => ReadUntilAsync(replicas[r % Replicas], over.Token))).ToArray();
        for (var i = 0; i < 150; i++)
        {
            await MustAsync(replicas[i % Replicas].PutAsync("echo", Sample.Provider with { Endpoint = $"https://echo.example/{i}" }));
            await MustAsync(replicas[(i + 1) % Replicas].PutAsync("now", Sample.Model with { ContextWindow = i + 1 }));
        }

        await over.CancelAsync();
        var seen = await Task.WhenAll(readers);

        Assert.All(seen, reads => Assert.True(reads > 0));
        foreach (var replica in replicas)
        {
            replica.Dispose();
        }
    }

    private static async Task<long> ReadUntilAsync(TestReplica replica, CancellationToken over)
    {
        var (reads, revision) = (0L, 0L);
        while (!over.IsCancellationRequested)
        {
            var snapshot = replica.Current;
            Assert.True(snapshot.Head!.Revision >= revision, "a reader went back in time");
            revision = snapshot.Head.Revision;
            if (snapshot.TryFindModel("now", out var model))
            {
                Assert.Same(snapshot.Providers["echo"], model.Deployments[0].Provider);
                Assert.Same(snapshot.Models["now"], model);
                Assert.True(model.Tag.Revision <= revision);
            }

            if (++reads % 1_000 == 0)
            {
                await Task.Yield();
            }
        }

        return reads;
    }

    private async Task<List<RegistryResult>> WriteManyAsync(TestReplica replica, int writer)
    {
        var results = new List<RegistryResult>();
        for (var i = 0; i < WritesPerWriter; i++)
        {
            results.Add(await MustAsync(replica.PutAsync($"w{writer}-{i}", Sample.Model)));
        }

        return results;
    }

    /// <summary>Repeats what was certainly not applied because others were faster.</summary>
    private async Task<RegistryResult> MustAsync(Task<RegistryResult> write)
    {
        await WaitUntil.TrueAsync(
            () =>
            {
                // Back-off pauses pass by this clock alone.
                Time.Advance(TimeSpan.FromMilliseconds(write.IsCompleted ? 0 : 1));
                return write.IsCompleted;
            },
            "a write's answer",
            cancellationToken: TestContext.Current.CancellationToken);
        var result = await write;
        Assert.Null(result.Failure);
        return result;
    }

    private async Task<TestReplica[]> FleetAsync()
    {
        var patient = new RegistryOptions { BirthDelay = TimeSpan.Zero, WriteDeadline = TimeSpan.FromMinutes(1) };
        var replicas = new TestReplica[Replicas];
        for (var i = 0; i < Replicas; i++)
        {
            replicas[i] = await TestReplica.LoadedAsync(Store, Time, patient, chance: i);
        }

        await MustAsync(replicas[0].PutAsync("echo", Sample.Provider));
        return replicas;
    }
}
