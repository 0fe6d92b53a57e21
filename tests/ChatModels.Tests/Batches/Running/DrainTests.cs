using System.Text;
using ChatModels.Batches;
using ChatModels.Batches.Files;
using ChatModels.Batches.Running;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using ChatModels.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatModels.Tests.Batches.Running;

/// <summary>A worker that an operator drains: two of them on one store, so that it shows who does the work.</summary>
public sealed class DrainTests : IAsyncDisposable
{
    private readonly InMemoryBatchStore _store = new(TimeProvider.System);
    private readonly InMemoryFileStore _files = new(1 << 20, TimeProvider.System);
    private readonly Chance _chance = new(new Random(1));
    private readonly FakeLogCollector _logs = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task ADrainedWorker_BeginsNothingNew_UntilItIsToldTo()
    {
        var catalogue = new FileCatalogue(_store, _files, Options.Create(new FileStoreOptions()), TimeProvider.System, _chance);
        var batches = new BatchCatalogue(_store, catalogue, Options.Create(new BatchOptions()), TimeProvider.System, _chance);
        var (drained, other) = (new Counting(), new Counting());
        var isDraining = true;
        using var stop = new CancellationTokenSource();

        var first = RunAsync(catalogue, drained, () => isDraining, stop.Token);
        await WaitUntil.TrueAsync(() => Said(4014) == 1, "the worker to say that it is drained", cancellationToken: Cancel);
        var second = RunAsync(catalogue, other, () => false, stop.Token);
        await EndAsync(batches, catalogue);

        Assert.Equal((0, 3), (drained.Calls, other.Calls));

        isDraining = false;
        await WaitUntil.TrueAsync(() => Said(4015) == 1, "the worker to say that it takes work again", cancellationToken: Cancel);
        await WaitUntil.TrueAsync(async _ =>
        {
            await EndAsync(batches, catalogue);
            return drained.Calls > 0;
        }, "a batch whose lines the worker calls for", TimeSpan.FromSeconds(60), Cancel);
        await stop.CancelAsync();
        await Task.WhenAll(first, second);
    }

    private int Said(int id) => _logs.GetSnapshot().Count(line => line.Id.Id == id);

    private async Task EndAsync(BatchCatalogue batches, FileCatalogue catalogue)
    {
        await using var upload = (await catalogue.BeginAsync(Cancel))!;
        for (var line = 0; line < 3; line++)
        {
            await upload.WriteAsync(Encoding.UTF8.GetBytes($$$"""{"custom_id":"{{{line}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"m"}}""" + "\n"), Cancel);
        }

        var input = (await catalogue.FinishAsync(upload, "input.jsonl", FilePurposes.Batch, null, Cancel)).Id;
        Assert.NotNull((await batches.CreateAsync(new BatchRequest(input, "/v1/chat/completions", "24h", null, null), Cancel)).Batch);
        await WaitUntil.TrueAsync(async token => (await _store.ListOpenAsync(token)).Count == 0, "the end of the batch", TimeSpan.FromSeconds(60), Cancel);
    }

    private Task RunAsync(FileCatalogue catalogue, Counting caller, Func<bool> isDraining, CancellationToken stop) => Task.Factory.StartNew(
        async () =>
        {
            var options = new BatchOptions { PollInterval = TimeSpan.FromMilliseconds(50) };
            using var context = new RunnerContext(
                _store, _files, catalogue, caller, new AnyName(), options, new FileStoreOptions(), TimeProvider.System, _chance, new FakeLogger(_logs))
            {
                IsDraining = isDraining,
            };
            using var runner = new BatchRunner(context, new FleetPace(_ => Task.FromResult(2)), _ => { });
            await runner.RunAsync(stop);
        },
        CancellationToken.None, TaskCreationOptions.DenyChildAttach, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    private sealed class Counting : ILineCaller
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public Task<LineAnswer> CallAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            return Task.FromResult(new LineAnswer(200, "{}"u8.ToArray()));
        }
    }

    private sealed class AnyName : IModelNames
    {
        public bool IsLoaded => true;

        public bool Exists(string name) => true;

        public string Resolve(string name) => name;
    }
}
