using System.Diagnostics;
using ChatModels.Registry.Stores;
using ChatModels.Telemetry;
using Names = ChatModels.Telemetry.TelemetryNames.Registry;

namespace ChatModels.Registry.Sync;

/// <summary>The span around whatever is read to bring the snapshot to the store's head.</summary>
internal static class RefreshTelemetry
{
    /// <summary>Reads within a span, which <paramref name="read"/> is given to say what it reads.</summary>
    public static async Task<SyncOutcome> MeasureAsync(LiveRegistry live, Func<Activity?, Task<SyncOutcome>> read)
    {
        using var span = RegistrySpans.StartRefresh();
        try
        {
            var outcome = await read(span);
            span?.SetTag(Names.Outcome, outcome.Word);
            span?.SetTag(Names.Revision, live.Current.Head?.Revision);
            span?.End(outcome.Error);
            return outcome;
        }
        catch (Exception e)
        {
            span?.End(e is StoreUnavailableException ? ErrorCodes.RegistryUnavailable : e is OperationCanceledException ? ErrorCodes.ClientClosed : ErrorCodes.InternalError);
            throw;
        }
    }

    extension(SyncOutcome outcome)
    {
        /// <summary>The value of <see cref="Names.Outcome"/>.</summary>
        public string Word => outcome switch
        {
            SyncOutcome.AtHead => "ok",
            SyncOutcome.Empty => "empty",
            SyncOutcome.Unavailable => "unavailable",
            SyncOutcome.Rejected => "rejected",
            _ => "diverged",
        };

        /// <summary>The value of <c>error.type</c>; null where it is no error.</summary>
        public string? Error => outcome switch
        {
            SyncOutcome.Unavailable => ErrorCodes.RegistryUnavailable,
            SyncOutcome.Rejected => ErrorCodes.RegistryRejected,
            SyncOutcome.Diverged => ErrorCodes.RegistryDiverged,
            _ => null,
        };
    }
}
