using System.Diagnostics;
using Names = ChatModels.Telemetry.TelemetryNames.Registry;

namespace ChatModels.Telemetry;

/// <summary>The spans of what happens to the registry in this process.</summary>
internal static class RegistrySpans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    /// <summary>A write of whatever kind.</summary>
    /// <param name="name">The span's name, from <see cref="Names"/>.</param>
    /// <param name="op">The verb that the log has for it.</param>
    /// <param name="isDryRun">Whether nothing is to be written.</param>
    public static Activity? StartWrite(string name, string op, bool isDryRun)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityTagsCollection tags = new() { { Names.Op, op } };
        if (isDryRun)
        {
            tags.Add(Names.DryRun, true);
        }

        return Source.StartActivity(name, ActivityKind.Internal, parentContext: default, tags);
    }

    /// <summary>A refresh for which more than the head has to be read.</summary>
    public static Activity? StartRefresh() => Source.HasListeners() ? Source.StartActivity(Names.RefreshSpan, ActivityKind.Internal, parentContext: default) : null;
}
