using System.Diagnostics;
using ChatModels.Telemetry;
using Names = ChatModels.Telemetry.TelemetryNames.Registry;

namespace ChatModels.Registry.Writing;

/// <summary>The span around a write.</summary>
internal static class WriteTelemetry
{
    public static async Task<RegistryResult> MeasureAsync(RegistryChange change, Func<Task<RegistryResult>> write)
    {
        using var span = Start(change.Op, change.DryRun);
        try
        {
            var result = await write();
            if (span is not null)
            {
                Describe(span, change, result);
                span.End(result.Failure?.Code);
            }

            return result;
        }
        catch (Exception e)
        {
            span?.End(e is OperationCanceledException ? ErrorCodes.ClientClosed : ErrorCodes.InternalError);
            throw;
        }
    }

    /// <summary>The span of a write that no caller asked for.</summary>
    public static Activity? Start(string op, bool isDryRun = false) =>
        RegistrySpans.StartWrite(op switch { RegistryOps.Apply => Names.ApplySpan, RegistryOps.Rollback => Names.RollbackSpan, _ => Names.WriteSpan }, op, isDryRun);

    private static void Describe(Activity span, RegistryChange change, RegistryResult result)
    {
        // A name outside the grammar is anybody's text.
        if (!change.IsBulk && change.Entities is [var only] && result.Failure?.Code != ErrorCodes.InvalidName)
        {
            span.SetTag(Names.Entity, only.Id);
        }

        if (result.Head is { } head)
        {
            span.SetTag(Names.Revision, head.Revision);
        }

        if (result.Difference is { } difference)
        {
            span.SetTag(Names.Changes, Count(difference.Providers) + Count(difference.Models));
        }
    }

    private static int Count(CollectionDifference difference) => difference.Created.Count + difference.Changed.Count + difference.Deleted.Count;
}
