using ChatModels.Registry;
using ChatModels.Registry.Stores;
using ChatModels.Testing;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Xunit;
using static ChatModels.Tests.Registry.Stores.Commits;

namespace ChatModels.Tests.Registry.Stores;

public sealed class RedisRegistryStoreTests : OwnRedis
{
    private static readonly RegistryKeys Keys = new("prod");

    private protected override StoreServerOptions Options =>
        new() { Password = "s3cret-password", Arguments = ["--maxmemory-policy", "allkeys-lru", "--maxmemory", "64mb"] };

    [Fact]
    public async Task Keys_AreThoseOfTheKeyFileAndNoOther()
    {
        var store = OpenPatient();
        var head = await store.CommittedAsync(null, Provider("openai", "p"), Model("gpt", "m"));
        await store.AnnounceAsync("api-1", Bytes("here"), TimeSpan.FromMinutes(1), Cancel);

        using var redis = await ConnectAsync();
        var database = redis.GetDatabase();
        var keys = new List<string>();
        await foreach (var key in redis.GetServers()[0].KeysAsync())
        {
            keys.Add($"{key} {await database.KeyTypeAsync(key)} {await database.KeyTimeToLiveAsync(key) is not null}");
        }

        Assert.Equal(
            [
                "{cm:prod}:head String False", "{cm:prod}:log SortedSet False", "{cm:prod}:log-sizes SortedSet False", "{cm:prod}:models Hash False",
                "{cm:prod}:providers Hash False", "{cm:prod}:replica:api-1 String True", "{cm:prod}:replicas Set False",
            ],
            keys.Order(StringComparer.Ordinal));
        Assert.Equal($"{head}", await database.StringGetAsync(Keys.Head));
        Assert.Equal($"{head.Stamp}:{head}", Assert.Single(await database.SortedSetRangeByScoreAsync(Keys.Log, 1, 1)));
    }

    [Fact]
    public async Task Log_AndItsSizes_HaveTheSameMembersWhenTrimmed()
    {
        var store = OpenPatient();
        RegistryHead? head = null;
        for (var i = 0; i < 40; i++)
        {
            var next = After(head);
            Assert.Equal(CommitOutcome.Committed, await store.SettledAsync(new StoreCommit(head, next, [], new byte[600_000 + (i * 1_000)])));
            head = next;
        }

        using var redis = await ConnectAsync();
        var log = await redis.GetDatabase().SortedSetRangeByRankWithScoresAsync(Keys.Log);
        var sizes = await redis.GetDatabase().SortedSetRangeByRankAsync(Keys.LogSizes);
        Assert.Equal(log.Select(e => $"{(long)e.Score}:{e.Element.Length() - 13}"), sizes.Select(s => s.ToString()));
        Assert.InRange(log.Sum(e => e.Element.Length() - 13), LogBound.MaxBytes - 640_000, LogBound.MaxBytes);
    }

    [Fact]
    public async Task Announcements_OfTheDead_LeaveTheIndexWhenSeen()
    {
        var store = OpenPatient();
        await store.AnnounceAsync("a", Bytes("a"), TimeSpan.FromMilliseconds(50), Cancel);
        using var redis = await ConnectAsync();
        Assert.Equal(1, await redis.GetDatabase().SetLengthAsync(Keys.Replicas));

        await WaitUntil.TrueAsync(async _ => (await store.ReadAnnouncementsAsync(Cancel)).Count == 0, "its end", cancellationToken: Cancel);

        Assert.Equal(0, await redis.GetDatabase().SetLengthAsync(Keys.Replicas));
    }

    [Fact]
    public async Task Commit_WhereOnlyTheHeadWasDeleted_StartsCleanly()
    {
        var store = OpenPatient();
        await WarmUpAsync(store);
        using var redis = await ConnectAsync();
        await redis.GetDatabase().KeyDeleteAsync(Keys.Head);

        var head = await store.CommittedAsync(null, Model("new", "1"));

        Assert.Equal(new StoreText($"{head}", "Model new=1", $"{head}"), await store.DumpAsync());
    }

    [Fact]
    public async Task Read_OfAnUnreadableHead_IsNoEmptyStore()
    {
        var store = OpenPatient();
        using var redis = await ConnectAsync();
        await redis.GetDatabase().StringSetAsync(Keys.Head, "gibberish");

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadHeadAsync(Cancel));
        Assert.Contains("{cm:prod}:head", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAllAsync(Cancel));
        Assert.Equal(CommitOutcome.Unavailable, await store.CommitAsync(Write(null), Cancel));
        Assert.Equal("gibberish", await redis.GetDatabase().StringGetAsync(Keys.Head));
    }

    [Fact]
    public async Task Commit_ThatTheServerRefuses_IsUnavailableAndTheLogSaysWhy()
    {
        var store = OpenPatient();
        var head = await WarmUpAsync(store);
        using var redis = await ConnectAsync();
        await redis.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await redis.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1kb");

        var outcome = await store.CommitAsync(Write(head, Model("m", "3")), Cancel);

        Assert.Equal((CommitOutcome.Unavailable, head), (outcome, await store.ReadHeadAsync(Cancel)));
        Assert.Contains(
            Log.Collector.GetSnapshot(), record => record.Level is LogLevel.Warning && record.Message.Contains("memory is full", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commit_OverAKeyOfAnotherType_IsReportedAsHalfAWrite()
    {
        var store = OpenPatient();
        using var redis = await ConnectAsync();
        var head = await store.CommittedAsync(null, Provider("p", "1"));
        await redis.GetDatabase().StringSetAsync(Keys.Models, "a string");

        await store.CommittedAsync(head, Model("m", "1"));

        Assert.Contains(
            Log.Collector.GetSnapshot(),
            record => record.Level is LogLevel.Error && record.Message.Contains("a part of revision 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EvictionPolicy_IsWarnedAboutOnce()
    {
        var store = OpenPatient();
        for (var i = 0; i < 5; i++)
        {
            await store.ReadHeadAsync(Cancel);
        }

        await WaitUntil.TrueAsync(() => Warnings() is [_, ..], "the warning", cancellationToken: Cancel);
        await store.DisposeAsync();

        Assert.Contains("allkeys-lru", Assert.Single(Warnings()), StringComparison.Ordinal);

        string[] Warnings() => [.. Log.Collector.GetSnapshot().Where(r => r.Level is LogLevel.Warning).Select(r => r.Message)];
    }

    [Fact]
    public async Task WrongPassword_IsUnavailableAndIsNotRepeated()
    {
        var store = Open(new RedisConnections($"{Server.EndPoint},password=wr0ng-password"));

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadHeadAsync(Cancel));
        var outcome = await store.CommitAsync(Write(null), Cancel);

        Assert.Equal(CommitOutcome.Unavailable, outcome);
        Assert.DoesNotContain("wr0ng", $"{failure} {string.Join(' ', Log.Collector.GetSnapshot().Select(r => r.Message))}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_DisposeWhatTheyMadeAndOnlyThat()
    {
        using var host = await ConnectAsync();
        var shared = new RedisConnections(host, ConfigurationOptions.Parse(Server.ConnectionString));
        var writes = await shared.WritesAsync();
        Assert.NotSame(host, writes);
        Assert.Same(host, await shared.ReadsAsync());

        await shared.DisposeAsync();

        Assert.Equal((true, false), (host.IsConnected, writes.IsConnected));
        var own = new RedisConnections(Server.ConnectionString);
        var reads = await own.ReadsAsync();
        Assert.True(reads.IsConnected);
        await own.DisposeAsync();
        Assert.False(reads.IsConnected);
    }

    /// <summary>As of a host whose own connection gives up where the server is not there when it starts.</summary>
    [Fact]
    public async Task Connections_ThatTheHostCouldNotMake_AreAskedForAgain()
    {
        var impatient = Server.ConnectionString + ",abortConnect=true,connectRetry=1,connectTimeout=300";
        await using var connections = new RedisConnections(() => ConnectionMultiplexer.Connect(impatient), ConfigurationOptions.Parse(impatient));
        await Server.KillAsync();
        await Assert.ThrowsAsync<RedisConnectionException>(connections.ReadsAsync);

        await Server.RestartAsync(cancellationToken: Cancel);

        await using var reads = await connections.ReadsAsync();
        Assert.True(reads.IsConnected);
        Assert.Same(reads, await connections.ReadsAsync());
    }

    [Fact]
    public async Task Connections_OfReadsAndWrites_BearTheirNames()
    {
        await using var connections = new RedisConnections(Server.ConnectionString + ",name=api-1");

        Assert.Equal("api-1-chatmodels-reads", (await connections.ReadsAsync()).ClientName);
        Assert.Equal("api-1-chatmodels-writes", (await connections.WritesAsync()).ClientName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("{prod}")]
    [InlineData("prod\n")]
    public void Keys_OfABadInstallationName_AreRefusedWithTheCure(string name) =>
        Assert.Contains("use 1 to 63 letters", Assert.Throws<ArgumentException>(() => new RegistryKeys(name)).Message, StringComparison.Ordinal);
}
