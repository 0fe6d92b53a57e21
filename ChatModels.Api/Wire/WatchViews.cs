using ChatModels.Registry;
using ChatModels.Registry.Feed;

namespace ChatModels.Api.Wire;

/// <summary>What a <c>changed</c> event tells: the revision reached, and which entities to read again or forget.</summary>
internal sealed record ChangedView(long Revision, ChangedNames Providers, ChangedNames Models)
{
    public static ChangedView Of(FeedStep step) => new(step.To.Revision, ChangedNames.Of(step.Providers), ChangedNames.Of(step.Models));
}

/// <summary>Names of one collection.</summary>
internal sealed record ChangedNames(IReadOnlyList<string> Changed, IReadOnlyList<string> Deleted)
{
    public static ChangedNames Of(FeedChanges changes) => new(changes.Changed, changes.Deleted);
}

/// <summary>What a <c>reset</c> event tells: everything.</summary>
internal sealed record ResetView(string Epoch, long Revision, string Stamp, IReadOnlyList<ProviderView> Providers, IReadOnlyList<ModelView> Models)
{
    public static ResetView Of(RegistrySnapshot snapshot) => new(
        snapshot.Head!.Epoch,
        snapshot.Head.Revision,
        snapshot.Head.Stamp,
        [.. snapshot.Providers.Values.OrderBy(provider => provider.Id, StringComparer.Ordinal).Select(ProviderView.Of)],
        [.. snapshot.Models.Values.OrderBy(model => model.Id, StringComparer.Ordinal).Select(ModelView.Of)]);
}
