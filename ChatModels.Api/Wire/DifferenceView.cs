using ChatModels.Registry;

namespace ChatModels.Api.Wire;

/// <summary>What changed, or would change where it was only tried.</summary>
internal sealed record DifferenceView
{
    /// <summary>Whether it was only tried.</summary>
    public required bool DryRun { get; init; }

    /// <summary>The state before.</summary>
    public HeadView? From { get; init; }

    /// <summary>The state after; absent where a write was only tried.</summary>
    public HeadView? To { get; init; }

    /// <summary>The providers.</summary>
    public required CollectionView Providers { get; init; }

    /// <summary>The models.</summary>
    public required CollectionView Models { get; init; }

    public static DifferenceView Of(RegistryDifference difference, bool dryRun) => new()
    {
        DryRun = dryRun,
        From = HeadView.Of(difference.From),
        To = HeadView.Of(difference.To),
        Providers = CollectionView.Of(difference.Providers),
        Models = CollectionView.Of(difference.Models),
    };
}

/// <summary>One state of one registry.</summary>
internal sealed record HeadView(string Epoch, long Revision, string Stamp)
{
    public static HeadView? Of(RegistryHead? head) => head is null ? null : new(head.Epoch, head.Revision, head.Stamp);
}

/// <summary>What changes in one collection, by id, and how many of those concerned stay as they are.</summary>
internal sealed record CollectionView(IReadOnlyList<string> Created, IReadOnlyList<string> Changed, IReadOnlyList<string> Deleted, int Unchanged)
{
    public static CollectionView Of(CollectionDifference difference) => new(difference.Created, difference.Changed, difference.Deleted, difference.Unchanged);
}
