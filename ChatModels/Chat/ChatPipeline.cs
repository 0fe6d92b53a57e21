using ChatModels.Providers;
using ChatModels.Registry;
using ChatModels.Telemetry;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat;

/// <summary>The one path that every chat request takes, from whatever surface: read, resolve, route, call, fail over.</summary>
public sealed class ChatPipeline
{
    // A provider replaced between look-up and use is looked up again; this often in a row means something else is wrong.
    private const int MaxLookUps = 3;

    private readonly ModelRegistry _registry;
    private readonly ChatProviderTypes _types;
    private readonly ChatPathOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;

    internal ChatPipeline(ModelRegistry registry, ChatProviderTypes types, IOptions<ChatPathOptions> options, TimeProvider time, Random random)
    {
        _registry = registry;
        _types = types;
        _options = options.Value;
        _time = time;
        _random = random;
    }

    /// <summary>Answers a request in OpenAI's wire format. Failures are values in the reply; only cancellation by the caller throws.</summary>
    /// <param name="body">The request's JSON. It must stay as it is until the reply is disposed.</param>
    /// <param name="cancellationToken">The caller's: cancelled, it abandons the upstream call at once.</param>
    public async ValueTask<ChatReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var snapshot = _registry.Current;
        var telemetry = new RequestTelemetry(_time);
        var request = ChatRequestReader.TryRead(body, out var failure);
        if (request is null)
        {
            telemetry.Begin("", isRegistered: false, stream: false, snapshot.Head?.Revision ?? 0);
            return Fail(telemetry, failure!, new ChatRoute(snapshot.Head?.Revision ?? 0, 0, null));
        }

        // A wildcard's callers make up names; its own is one of a closed set.
        var isRegistered = snapshot.TryFindModel(request.Model, out var found);
        telemetry.Begin(found is { IsWildcard: true } ? found.Id : request.Model, isRegistered, request.Stream, snapshot.Head?.Revision ?? 0);
        return await RouteAsync(request, snapshot, telemetry, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ChatReply> RouteAsync(ChatRequest request, RegistrySnapshot snapshot, RequestTelemetry telemetry, CancellationToken cancellationToken)
    {
        var tally = new AttemptTally();
        for (var lookUp = 1; ; lookUp++)
        {
            if (ModelGuard.Check(snapshot, request, out var model) is { } refusal)
            {
                return Fail(telemetry, refusal, tally.Route(snapshot));
            }

            var reply = await TryDeploymentsAsync(request, model!, snapshot, tally, telemetry, cancellationToken).ConfigureAwait(false);
            if (reply is not null)
            {
                return reply;
            }

            if (!tally.IsGone || lookUp == MaxLookUps)
            {
                return Fail(telemetry, tally.Failure(request.Model), tally.Route(snapshot));
            }

            snapshot = _registry.Current;
        }
    }

    /// <summary>Tries deployments in turn until one answers; null when none did, and the tally knows why.</summary>
    private async ValueTask<ChatReply?> TryDeploymentsAsync(
        ChatRequest request, ModelEntry model, RegistrySnapshot snapshot, AttemptTally tally, RequestTelemetry telemetry, CancellationToken cancellationToken)
    {
        var tried = 0UL;
        while (tally.Attempts < _options.MaxAttempts && DeploymentPicker.Next(model, ref tried, _random) is { } deployment)
        {
            tally.Begin(deployment);
            var reply = await TryAsync(request, model, deployment, snapshot, tally, telemetry, cancellationToken).ConfigureAwait(false);
            if (reply is not null || tally.IsFinal || tally.IsGone)
            {
                return reply;
            }
        }

        return null;
    }

    /// <summary>Tries one deployment. Its span is the current one in here alone, so that the next attempt's stands beside it and not below.</summary>
    private async ValueTask<ChatReply?> TryAsync(
        ChatRequest request, ModelEntry model, Deployment deployment, RegistrySnapshot snapshot, AttemptTally tally, RequestTelemetry telemetry, CancellationToken cancellationToken)
    {
        var target = TargetOf(deployment.Provider);
        telemetry.Attempted(target.ProviderName);
        var measured = new AttemptTelemetry(target, model.Id, deployment.Config.Model, request.Stream, tally.Attempts, _time);
        var attempt = new Attempt(request, deployment, measured, _options, _time, cancellationToken);
        ChatReply? reply = null;
        try
        {
            if (await attempt.RunAsync().ConfigureAwait(false) is { } failure)
            {
                tally.Failed(failure, attempt.IsGone);
                attempt.End(failure.Code);
                return null;
            }

            if (attempt.Chunks is not null)
            {
                telemetry.FirstContent();
            }

            return reply = new AttemptReply(attempt, telemetry) { Route = tally.Route(snapshot) };
        }
        catch (Exception e)
        {
            var error = e is OperationCanceledException ? ErrorCodes.ClientClosed : ErrorCodes.InternalError;
            attempt.End(error);
            telemetry.End(error, tally.Route(snapshot));
            throw;
        }
        finally
        {
            if (reply is null)
            {
                await attempt.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private AttemptTarget TargetOf(ProviderEntry provider) =>
        new(provider.Id, _types.TryResolve(provider.Config.Type, out var type) ? type.TelemetryName ?? type.Name : provider.Config.Type, provider.Slot?.Options.Endpoint);

    private static FailedReply Fail(RequestTelemetry telemetry, ChatFailure failure, ChatRoute route)
    {
        telemetry.End(failure.Code, route);
        return new FailedReply(failure) { Route = route };
    }
}
