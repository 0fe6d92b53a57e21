using System.Net;
using System.Net.Http.Json;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests.Faults;

/// <summary>The store comes back without what it had acknowledged: empty, or as it once was.</summary>
public sealed class StoreHistoryTests
{
    private static readonly object AnyModel = new { deployments = new[] { new { provider = "simulator", model = "fast" } } };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task StoreRestartedEmpty_IsRestoredByTheFleet_AndWhoeverKnowsMoreSaysSo(StoreKind kind)
    {
        await using var fleet = await FleetUnderLoad.StartAsync(kind);
        await fleet.UntilWritesAreAcknowledgedAsync(10);
        var epoch = (await fleet.StandingsAsync(Cancelled))[0].Epoch;

        await fleet.Store.RestartAsync(empty: true, Cancelled);

        var all = await fleet.UntilAsync(all => all.Any(s => s.IsLive) && all.All(s => s.IsDiverged || s.IsLive), "a restored registry");
        await fleet.StopWritingAsync();
        all = await fleet.UntilAsync(IsOneHistoryOrDiverged, "one head on every replica that is live");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', all.Select(s => s.ToString())));
        Assert.All(all, s => Assert.Equal(epoch, s.Epoch));
        await NobodyForgetsSilentlyAsync(fleet, all);
        await fleet.EndAsync();
    }

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task StoreRestartedFromAnOldCopy_IsNotFollowed_AlsoOnceItWasWrittenPastTheOldRevision(StoreKind kind)
    {
        var copy = Directory.CreateTempSubdirectory("chatmodels-copy-").FullName;
        await using var fleet = await FleetUnderLoad.StartAsync(kind);
        await fleet.UntilWritesAreAcknowledgedAsync(5);
        await fleet.Store.CopyDataAsync(copy);
        await fleet.UntilWritesAreAcknowledgedAsync(10);

        await fleet.Store.RestartFromAsync(copy, Cancelled);
        Directory.Delete(copy, recursive: true);

        var all = await fleet.UntilAsync(all => all.All(s => s.IsDiverged), "every replica to say 'diverged'");
        await using var newcomer = await ApiReplica.StartAsync(fleet.Store.ConnectionString, fleet.Registry, Cancelled);
        await WritePastAsync(newcomer, all.Max(s => s.Revision)!.Value);
        await AllStayAsTheyWereAsync(fleet, all);
        Assert.True((await newcomer.StandingAsync(Cancelled)).IsLive);
        await fleet.EndAsync();
    }

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task StoreBackFromAnOldCopy_WrittenPastTheOldRevisionUnseen_IsNotTakenForTheSameHistory(StoreKind kind)
    {
        var old = Directory.CreateTempSubdirectory("chatmodels-copy-").FullName;
        var grown = Directory.CreateTempSubdirectory("chatmodels-copy-").FullName;
        await using var fleet = await FleetUnderLoad.StartAsync(kind);
        await fleet.UntilWritesAreAcknowledgedAsync(5);
        await fleet.Store.CopyDataAsync(old);
        await fleet.UntilWritesAreAcknowledgedAsync(10);
        await fleet.Store.KillAsync();
        await fleet.StopWritingAsync();
        var held = await fleet.StandingsAsync(Cancelled);

        await GrowElsewhereAsync(kind, fleet.Registry, old, grown, past: held.Max(s => s.Revision)!.Value);
        await fleet.Store.BootFromAsync(grown, Cancelled);
        Directory.Delete(old, recursive: true);
        Directory.Delete(grown, recursive: true);

        await fleet.UntilAsync(all => all.All(s => s.IsDiverged), "every replica to say 'diverged'");
        await AllStayAsTheyWereAsync(fleet, held);
        await fleet.EndAsync();
    }

    // What a failover to an older copy does: the fleet sees the store only when it is ahead again.
    private static async Task GrowElsewhereAsync(StoreKind kind, string registry, string old, string grown, long past)
    {
        await using var elsewhere = await HarmedStore.StartAsync(kind, Cancelled);
        await elsewhere.RestartFromAsync(old, Cancelled);
        await using var newcomer = await ApiReplica.StartAsync(elsewhere.ConnectionString, registry, Cancelled);
        await WritePastAsync(newcomer, past);
        await elsewhere.CopyDataAsync(grown);
    }

    private static async Task WritePastAsync(ApiReplica replica, long revision)
    {
        for (var number = 0; (await replica.StandingAsync(Cancelled)).Revision <= revision + 3; number++)
        {
            // A process that has just started on a busy machine may answer its first write with 503; it is asked again, as its clients would.
            await WaitUntil.TrueAsync(
                async token => (await replica.Http.PutAsJsonAsync($"/registry/models/newcomer-{number}", AnyModel, token)).IsSuccessStatusCode,
                "a write on the newcomer", cancellationToken: Cancelled);
        }
    }

    private static async Task AllStayAsTheyWereAsync(FleetUnderLoad fleet, ReplicaStanding[] before)
    {
        var now = await fleet.StandingsAsync(Cancelled);
        Assert.Equal(before.Select(s => s.Head), now.Select(s => s.Head));
        Assert.All(now, s => Assert.True(s.IsDiverged && s.Reason is { Length: > 0 }, s.ToString()));
        await NobodyForgetsSilentlyAsync(fleet, now);
        foreach (var replica in fleet.Replicas)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await replica.Http.GetAsync("/registry/models/newcomer-0", Cancelled)).StatusCode);
        }
    }

    // What a replica has acknowledged it serves for ever, or until an operator says otherwise; and those that are live serve one another's.
    private static async Task NobodyForgetsSilentlyAsync(FleetUnderLoad fleet, ReplicaStanding[] standings)
    {
        for (var i = 0; i < standings.Length; i++)
        {
            var served = await fleet.Replicas[i].WrittenModelsAsync(Cancelled);
            var owed = standings[i].IsLive ? fleet.Writers.Where((_, w) => standings[w].IsLive) : [fleet.Writers[i]];
            Assert.Empty(owed.SelectMany(writer => writer.Contradictions(served)));
        }
    }

    private static bool IsOneHistoryOrDiverged(ReplicaStanding[] all) =>
        all.All(s => s.IsLive || (s.IsDiverged && s.Reason is { Length: > 0 })) && all.Where(s => s.IsLive).Select(s => s.Head).Distinct().Count() == 1;
}
