using ChatModels.Registry.Probes;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using ChatModels.Tests.Registry.Stores;
using Microsoft.Extensions.Logging.Testing;
using StackExchange.Redis;
using Xunit;

namespace ChatModels.Tests.Registry.Probes;

/// <summary>The lease and the results of probes, as two replicas see them on real servers.</summary>
public sealed class ProbeBoardTests(SharedStores servers) : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly string _name = SharedStores.UniqueName();
    private readonly List<IAsyncDisposable> _owned = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task TheLease_IsOneReplicas_UntilItGivesItBack(StoreKind kind)
    {
        var (one, other) = (await OpenAsync(kind), await OpenAsync(kind));

        await HoldAsync(one, "a", Long);
        Assert.False(await other.TryHoldAsync("b", Long, Cancelled));
        await HoldAsync(one, "a", Long);
        await other.ReleaseAsync("b", Cancelled);
        Assert.False(await other.TryHoldAsync("b", Long, Cancelled));
        await one.ReleaseAsync("a", Cancelled);

        await HoldAsync(other, "b", Long);
        Assert.False(await one.TryHoldAsync("a", Long, Cancelled));
    }

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task ALease_ThatNobodyRenews_IsTheNextOnes_AndOneThatIsRenewed_IsNot(StoreKind kind)
    {
        var (one, other) = (await OpenAsync(kind), await OpenAsync(kind));
        var redis = await ConnectAsync(kind);
        await HoldAsync(one, "a", TimeSpan.FromSeconds(20));
        await HoldAsync(one, "a", Long);
        Assert.True(await redis.GetDatabase().KeyTimeToLiveAsync(new RegistryKeys(_name).ProbeLease) > TimeSpan.FromMinutes(4));

        await HoldAsync(one, "a", TimeSpan.FromMilliseconds(50));

        await WaitUntil.TrueAsync(async _ => await other.TryHoldAsync("b", Long, Cancelled), "the end of the lease", cancellationToken: Cancelled);
    }

    [Fact]
    public async Task OfManyReplicasAtOnce_OneGetsTheLease()
    {
        var boards = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(StoreKind.Redis)));

        var held = await Task.WhenAll(boards.Select((board, i) => board.TryHoldAsync($"r{i}", Long, Cancelled)));

        Assert.Single(held, h => h);
    }

    [Theory]
    [InlineData(StoreKind.Redis)]
    [InlineData(StoreKind.Garnet)]
    public async Task Results_AreSharedWhole_AndEndByThemselves(StoreKind kind)
    {
        var (one, other) = (await OpenAsync(kind), await OpenAsync(kind));
        var up = new ProbeRecord { Verdict = ProbeVerdict.Up, At = DateTimeOffset.UtcNow, DurationMs = 12.5, By = "a" };
        var down = up with { Verdict = ProbeVerdict.Down, Reason = "It is away.", By = "b" };

        Assert.Empty(await other.ReadAsync(Cancelled));
        await one.PublishAsync(new Dictionary<string, ProbeRecord> { ["p"] = up, ["q"] = up }, Long, Cancelled);
        await other.PublishAsync(new Dictionary<string, ProbeRecord> { ["q"] = down }, Long, Cancelled);
        await other.PublishAsync(new Dictionary<string, ProbeRecord>(), Long, Cancelled);

        Assert.Equal(new Dictionary<string, ProbeRecord> { ["p"] = up, ["q"] = down }, await one.ReadAsync(Cancelled));
        await one.RemoveAsync(["p"], Cancelled);
        Assert.Equal(["q"], (await other.ReadAsync(Cancelled)).Keys);
        var redis = await ConnectAsync(kind);
        Assert.True(await redis.GetDatabase().KeyTimeToLiveAsync(new RegistryKeys(_name).Probes) > TimeSpan.FromMinutes(4));
    }

    [Fact]
    public async Task WhatCantBeRead_IsLeftOut()
    {
        var board = await OpenAsync(StoreKind.Redis);
        var redis = await ConnectAsync(StoreKind.Redis);
        await redis.GetDatabase().HashSetAsync(new RegistryKeys(_name).Probes, [new("p", "{\"verdict\":\"sideways\"}"), new("q", "nonsense")]);

        Assert.Empty(await board.ReadAsync(Cancelled));
    }

    [Fact]
    public async Task WithoutAServer_ItSaysSoInTime()
    {
        var store = Own(new RedisRegistryStore(new RedisConnections($"127.0.0.1:{FreePort.Next()},connectTimeout=200"), _name, TimeProvider.System, new FakeLogger<RedisRegistryStore>()));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Probes.TryHoldAsync("a", Long, Cancelled));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Probes.ReadAsync(Cancelled));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }

    // Garnet may take two keys for one when it watches them, and says no then: whoever still wants the lease asks again, as the prober does.
    private static Task HoldAsync(IProbeBoard board, string replica, TimeSpan lifetime) =>
        WaitUntil.TrueAsync(async _ => await board.TryHoldAsync(replica, lifetime, Cancelled), $"the lease for {replica}", cancellationToken: Cancelled);

    private async Task<IProbeBoard> OpenAsync(StoreKind kind)
    {
        var server = await servers.GetAsync(kind, Cancelled);
        return Own(new RedisRegistryStore(new RedisConnections(server.ConnectionString), _name, TimeProvider.System, new FakeLogger<RedisRegistryStore>(), Patient.Deadlines)).Probes;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(StoreKind kind) =>
        Own(await ConnectionMultiplexer.ConnectAsync((await servers.GetAsync(kind, Cancelled)).ConnectionString));

    private T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        lock (_owned)
        {
            _owned.Add(owned);
        }

        return owned;
    }
}
