using System.Net;
using ChatModels.Registry;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Worker.Tests;

public sealed class WorkerTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly string _registry = SharedStores.UniqueName();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _redis.BootAsync(Cancelled);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Worker_WithRedisUp_LoadsTheRegistryAndIsHealthy()
    {
        await using var worker = await StartAsync();

        await UntilAsync(worker, HttpStatusCode.OK);
        Assert.NotNull(worker.Registry.Current.Head);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(worker, "/alive"));
    }

    [Fact]
    public async Task Worker_AnnouncesItselfWithItsRoleAndRevision()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await UntilAsync(first, HttpStatusCode.OK);
        await UntilAsync(second, HttpStatusCode.OK);

        IReadOnlyList<ReplicaInfo> replicas = [];
        await WaitUntil.TrueAsync(
            async token => (replicas = await first.Registry.ListReplicasAsync(token)).Count is 2 && replicas.All(replica => replica.Revision is not null),
            "two workers and their revisions in the list", cancellationToken: Cancelled);

        Assert.Equal(new HashSet<string> { first.Registry.Status.ReplicaId, second.Registry.Status.ReplicaId }, [.. replicas.Select(replica => replica.Id)]);
        Assert.All(replicas, replica => Assert.Equal(("worker", RegistryState.Live, first.Registry.Current.Head!.Revision), (replica.Role, replica.State, replica.Revision)));
    }

    [Fact]
    public async Task Worker_ThatStops_LeavesTheList()
    {
        await using var first = await StartAsync();
        var second = await StartAsync();
        await WaitUntil.TrueAsync(async token => (await first.Registry.ListReplicasAsync(token)).Count is 2, "two workers in the list", cancellationToken: Cancelled);

        await second.DisposeAsync();

        var left = Assert.Single(await first.Registry.ListReplicasAsync(Cancelled));
        Assert.Equal(first.Registry.Status.ReplicaId, left.Id);
    }

    [Fact]
    public async Task Worker_FollowsAChangeMadeByAnotherProcess()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await UntilAsync(first, HttpStatusCode.OK);
        await UntilAsync(second, HttpStatusCode.OK);

        var written = await first.Registry.PutProviderAsync("added", new ProviderConfig { Type = "simulator" }, Precondition.None, "test", Cancelled);

        Assert.Null(written.Failure);
        Assert.True(await second.Registry.WaitForRevisionAsync(written.Head!.Revision, TimeSpan.FromSeconds(1), Cancelled));
        Assert.Contains("added", second.Registry.Current.Providers.Keys);
    }

    [Fact]
    public async Task Worker_WhileRedisIsDown_StaysHealthyOnWhatItHas()
    {
        await using var worker = await StartAsync();
        await UntilAsync(worker, HttpStatusCode.OK);

        await _redis.KillAsync();
        await WaitUntil.TrueAsync(() => worker.Registry.Status.State is RegistryState.Stale, "the state 'stale'", TimeSpan.FromSeconds(30), Cancelled);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(worker, "/health"));
        Assert.NotNull(worker.Registry.Current.Head);
    }

    [Fact]
    public async Task Worker_SaysAtTheStartWhereTheFilesOfBatchesAre()
    {
        var directory = Path.Combine(Path.GetTempPath(), _registry);
        await using var alone = await StartAsync();
        await using var sharing = await StartAsync(("ChatModels:Files:Directory", directory));

        await UntilSaidAsync(alone, "The files of batches are kept in Redis, 256 MB at most");
        await UntilSaidAsync(sharing, $"The files of batches are kept in {directory}, 20480 MB at most");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/registry")]
    [InlineData("/v1/batches")]
    public async Task Worker_ServesNothingButProbes(string path)
    {
        await using var worker = await StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(worker, path));
    }

    private static Task UntilAsync(WorkerProcess worker, HttpStatusCode status) =>
        WaitUntil.TrueAsync(async _ => await StatusAsync(worker, "/health") == status, $"{(int)status} from the worker's health", cancellationToken: Cancelled);

    private static Task UntilSaidAsync(WorkerProcess worker, string message) =>
        WaitUntil.TrueAsync(() => worker.Log.GetSnapshot().Any(record => record.Message == message), message, cancellationToken: Cancelled);

    private static async Task<HttpStatusCode> StatusAsync(WorkerProcess worker, string path) =>
        (await worker.Client.GetAsync(new Uri(path, UriKind.Relative), Cancelled)).StatusCode;

    private Task<WorkerProcess> StartAsync(params (string Key, string Value)[] settings) => WorkerProcess.StartAsync(_redis.ConnectionString, _registry, Cancelled, settings);
}
