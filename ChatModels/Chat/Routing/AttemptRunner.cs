using System.Runtime.CompilerServices;
using ChatModels.Chat.Health;

namespace ChatModels.Chat.Routing;

/// <summary>Makes one attempt at one deployment, with everything around it: a place at the provider, telemetry, and what its outcome says of the deployment's health.</summary>
internal sealed class AttemptRunner(ChatPathOptions options, TimeProvider time)
{
    /// <summary>Null: it did not answer, and the tally knows why.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatReply?> TryAsync(RequestRun run, bool isFallback, Choice choice)
    {
        var candidate = choice.Candidate!;
        var isInside = false;
        Attempt? attempt = null;
        ChatReply? reply = null;
        try
        {
            if (candidate.Deployment.Provider.Config.MaxConcurrency is not null)
            {
                isInside = await EnterAsync(run, candidate).ConfigureAwait(false);
                if (!isInside)
                {
                    run.Saturated(candidate);
                    run.Telemetry?.NotSent(candidate.Target.ProviderId, ErrorCodes.ProviderSaturated);
                    return null;
                }
            }

            run.Begin(candidate, isFallback);
            candidate.Health.Attempted();
            var measured = run.Telemetry?.Attempt(candidate, run.Request, run.Attempts, choice.Explain());
            attempt = new Attempt(run.Request, candidate, measured, options, time, run.Ends, run.Caller);
            candidate.Health.Begin();
            if (await attempt.RunAsync().ConfigureAwait(false) is { } failure)
            {
                run.Failed(failure, attempt.IsGone, attempt.WasNeverSent);
                if (attempt.WasNeverSent)
                {
                    candidate.Health.NotAttempted();
                }

                Tell(candidate.Health, failure, attempt.IsGone, choice.IsTrial);
                attempt.End(failure.Code);
                return null;
            }

            candidate.Health.Answered();
            if (attempt.Chunks is not null && measured is not null)
            {
                run.Telemetry!.FirstContent(measured.LastChunk);
            }

            return reply = new AttemptReply(attempt, run.Telemetry, candidate, isInside) { Route = run.Route };
        }
        catch (Exception e)
        {
            var error = e is OperationCanceledException ? ErrorCodes.ClientClosed : ErrorCodes.InternalError;
            attempt?.End(error);
            run.Telemetry?.End(error, run.Route, cost: null);
            throw;
        }
        finally
        {
            if (choice.IsTrial)
            {
                candidate.Health.EndTrial();
            }

            if (reply is null)
            {
                if (attempt is not null)
                {
                    await attempt.DisposeAsync().ConfigureAwait(false);
                }

                if (isInside)
                {
                    candidate.Health.Provider.Gate.Leave();
                }
            }
        }
    }

    public static void Tell(DeploymentHealth health, ChatFailure failure, bool isGone, bool wasTrial)
    {
        switch (isGone ? AttemptEffect.None : UpstreamErrors.EffectOf(failure))
        {
            case AttemptEffect.Good:
                health.Succeeded();
                break;
            case AttemptEffect.Bad:
                health.Failed(failure.Code, null, wasTrial);
                break;
            case AttemptEffect.AskedToWait:
                health.Failed(failure.Code, failure.RetryAfter, wasTrial);
                break;
        }
    }

    /// <summary>Waiting takes of the request's time, and no longer than the provider itself might.</summary>
    private static ValueTask<bool> EnterAsync(RequestRun run, Candidate candidate) => candidate.Health.Provider.Gate.EnterAsync(
        run.Priority, run.TimeLeft.OrShorter(candidate.Deployment.Provider.Config.Timeout), run.Caller);
}
