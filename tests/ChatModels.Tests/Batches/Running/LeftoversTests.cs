using System.Text;
using ChatModels.Batches;
using ChatModels.Batches.Files;
using ChatModels.Batches.Running;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using ChatModels.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Xunit;

namespace ChatModels.Tests.Batches.Running;

/// <summary>What a thousand batches leave in Redis, files and all.</summary>
public sealed class LeftoversTests(SharedStores servers)
{
    private const int Batches = 1_000;
    private readonly string _installation = SharedStores.UniqueName();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AThousandBatches_LeaveTheirRecordsAndResults_AndWhenTheirTimeIsOverNothing()
    {
        var server = await servers.GetAsync(StoreKind.Redis, Cancel);
        await using var store = new RedisBatchStore(server.ConnectionString, _installation, TimeProvider.System);
        var chance = new Chance(new Random(1));
        var options = new BatchOptions { MaxOpen = 2 * Batches };
        var fileOptions = new FileStoreOptions();
        var files = new RedisFileStore(store.Link, new FileKeys(_installation), fileOptions.Capacity, TimeProvider.System, chance);
        var catalogue = new FileCatalogue(store, files, Options.Create(fileOptions), TimeProvider.System, chance);
        await WaitUntil.TrueAsync(async token => (await store.ListOpenAsync(token)).Count == 0, "a connection", cancellationToken: Cancel);
        var input = await UploadAsync(catalogue);
        var batches = new BatchCatalogue(store, catalogue, Options.Create(options), TimeProvider.System, chance);
        for (var i = 0; i < Batches; i++)
        {
            Assert.NotNull((await batches.CreateAsync(new BatchRequest(input, "/v1/chat/completions", "24h", null, null), Cancel)).Batch);
        }

        using (var context = new RunnerContext(store, files, catalogue, new Echo(), new AnyName(), options, fileOptions, TimeProvider.System, chance, NullLogger.Instance))
        {
            await RunUntilClosedAsync(context, store);
        }

        // Seven lists, the input and a thousand outputs of two keys each, and the steps of each batch. A claim may still be running out.
        var keys = (await KeysAsync(server)).Where(key => !key.Contains(":lease:", StringComparison.Ordinal)).ToList();
        Assert.Equal(Batches, keys.Count(key => key.EndsWith(":steps", StringComparison.Ordinal)));
        Assert.DoesNotContain(keys, key => key.Contains(":f:part-", StringComparison.Ordinal));
        Assert.Equal((3 * Batches) + 9, keys.Count);

        var later = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(40));
        var lateCatalogue = new FileCatalogue(store, files, Options.Create(fileOptions), later, chance);
        var sweeper = new BatchSweeper(store, files, lateCatalogue, later, NullLogger<BatchSweeper>.Instance);
        for (var turn = 0; turn < 5; turn++)
        {
            await sweeper.SweepAsync(Cancel);
        }

        Assert.Empty(await KeysAsync(server));
    }

    private static async Task<string> UploadAsync(FileCatalogue catalogue)
    {
        await using var upload = (await catalogue.BeginAsync(Cancel))!;
        await upload.WriteAsync("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m"}}"""u8.ToArray(), Cancel);
        return (await catalogue.FinishAsync(upload, "input.jsonl", FilePurposes.Batch, null, Cancel)).Id;
    }

    private static async Task RunUntilClosedAsync(RunnerContext context, RedisBatchStore store)
    {
        using var stop = new CancellationTokenSource();
        using var runner = new BatchRunner(context, new FleetPace(_ => Task.FromResult(1)), _ => { });
        var running = Task.Factory.StartNew(
            () => runner.RunAsync(stop.Token), CancellationToken.None, TaskCreationOptions.DenyChildAttach, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();
        await WaitUntil.TrueAsync(async token => (await store.ListOpenAsync(token)).Count == 0, "the end of every batch", TimeSpan.FromMinutes(5), Cancel);
        await stop.CancelAsync();
        await running;
    }

    private async Task<IReadOnlyList<string>> KeysAsync(StoreServer server)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        return [.. connection.GetServer(server.EndPoint).Keys(pattern: $"{{cm:{_installation}:*", pageSize: 1000).Select(key => key.ToString())];
    }

    private sealed class Echo : ILineCaller
    {
        public Task<LineAnswer> CallAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => Task.FromResult(new LineAnswer(200, Encoding.UTF8.GetBytes("{}")));
    }
}
