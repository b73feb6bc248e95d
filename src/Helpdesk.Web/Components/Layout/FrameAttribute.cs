namespace Helpdesk.Web.Components.Layout;

/// <summary>How a desk page fills the <see cref="DeskLayout"/>; without it: wide navigation and padding.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class FrameAttribute : Attribute
{
    /// <summary>The narrow navigation of symbols instead of the wide one with the queues.</summary>
    public bool Rail { get; init; }

    public MainWidth Width { get; init; }
}

/// <summary>The room of a desk page's content.</summary>
public enum MainWidth
{
    /// <summary>All of it, with padding.</summary>
    Full,

    /// <summary>All of it, without padding: the page brings its own zones.</summary>
    Flush,

    /// <summary>Centred, 76 rem at most: for reading.</summary>
    Middle,
}
