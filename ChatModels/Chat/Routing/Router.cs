using System.Runtime.CompilerServices;
using ChatModels.Chat.Health;
using ChatModels.Registry;

namespace ChatModels.Chat.Routing;

/// <summary>Takes a request from deployment to deployment, and from model to fallback, until one answers or nothing is left to try.</summary>
internal sealed class Router(ModelRegistry registry, DeploymentTable table, AttemptRunner runner, ChatPathOptions options, TimeProvider time, Random random)
{
    // A provider replaced between look-up and use is looked up again; this often in a row means something else is wrong.
    private const int MaxLookUps = 3;

    private readonly BackOff _backOff = new(options, time, random);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatReply> RouteAsync(RequestRun run)
    {
        for (var lookUp = 1; ; lookUp++)
        {
            var refusal = ModelGuard.Check(run.Snapshot, run.Request, out var model);
            var hasFallbacks = model is { Config: { Enabled: true, Fallbacks.Count: > 0 } };
            if (refusal is not null && !(hasFallbacks && ModelGuard.IsOutage(refusal)))
            {
                return Fail(run, refusal);
            }

            ChatReply? reply = null;
            if (refusal is null)
            {
                // The first attempt here, the others there: most requests need no other, and each level of waiting costs its own state.
                var before = run.Attempts;
                var first = DeploymentPicker.Next(table.RouteOf(model!), tried: 0, anyway: true, random, lookUp == 1 ? run.Started : time.GetTimestamp());
                reply = first.Candidate is null ? null : await runner.TryAsync(run, isFallback: false, first).ConfigureAwait(false);
                if (reply is not null)
                {
                    return reply;
                }

                var tried = new Tried(first.Candidate is null ? 0 : 1UL << first.Index, before);
                reply = await TryModelAsync(run, model!, isFallback: false, tried, hasFallbacks ? options.MaxAttempts - 1 : options.MaxAttempts).ConfigureAwait(false);
            }

            if (reply is null && hasFallbacks && !run.IsFinal && !run.IsGone)
            {
                reply = await TryFallbacksAsync(run, model!, refusal).ConfigureAwait(false);
            }

            if (reply is not null || !run.IsGone || lookUp == MaxLookUps)
            {
                return reply ?? Fail(run, run.Failure());
            }

            run.Snapshot = registry.Current;
        }
    }

    public static ChatReply Fail(RequestRun run, ChatFailure failure)
    {
        var route = run.Route;
        run.Telemetry?.End(failure.Code, route, cost: null);
        return new FailedReply(failure, run.Request.Call) { Route = route };
    }

    private async ValueTask<ChatReply?> TryFallbacksAsync(RequestRun run, ModelEntry model, ChatFailure? refusal)
    {
        if (refusal is not null)
        {
            run.Refused(refusal);
        }

        foreach (var fallback in FallbackWalk.After(model, run.Snapshot))
        {
            if (ModelGuard.Check(fallback, run.Request) is not null)
            {
                continue;
            }

            var reply = await TryModelAsync(run, fallback, isFallback: true, new Tried(0, run.Attempts), options.MaxAttempts).ConfigureAwait(false);
            if (reply is not null || run.IsFinal || run.IsGone || run.Attempts >= options.MaxAttempts)
            {
                return reply;
            }
        }

        return null;
    }

    /// <summary>Tries a model's deployments in turn until one answers; null when none did, and the tally knows why.</summary>
    private async ValueTask<ChatReply?> TryModelAsync(RequestRun run, ModelEntry model, bool isFallback, Tried before, int maxAttempts)
    {
        var route = table.RouteOf(model);
        var tried = before.Deployments;
        var round = 0;
        while (!run.IsFinal && !run.IsGone && run.Attempts < Math.Max(1, maxAttempts) && run.TimeLeft > TimeSpan.Zero)
        {
            var choice = DeploymentPicker.Next(route, tried, anyway: run.Attempts == before.Attempts, random, time.GetTimestamp());
            if (choice.Candidate is null)
            {
                var ready = await _backOff.WaitAsync(run, route, round++).ConfigureAwait(false);
                if (ready == 0)
                {
                    return null;
                }

                tried &= ~ready;
                continue;
            }

            tried |= 1UL << choice.Index;
            if (await runner.TryAsync(run, isFallback, choice).ConfigureAwait(false) is { } reply)
            {
                return reply;
            }
        }

        return null;
    }

    /// <summary>What of a model was tried and failed already, and how many attempts the request had taken before that.</summary>
    private readonly record struct Tried(ulong Deployments, int Attempts);
}
